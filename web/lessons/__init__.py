"""Lessons that packages share, to be searched."""
