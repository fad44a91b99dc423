"""Pages of looking after a place: its guests."""
