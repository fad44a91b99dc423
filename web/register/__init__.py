"""Pages on which the register is read and edited, and its log with undo."""
