"""Editing the register: domain edits, their plan and check, the log of who changed what, undo and import."""
