"""What to do and when. No HTTP, no SQL, no environment."""
