"""Pages inside Teams: the tabs of a channel."""
