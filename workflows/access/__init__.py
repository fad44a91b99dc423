"""Access: readers of our pages, their rights, and their sessions."""
