"""Status rounds: requests to package leads before each board meeting, and their answers."""
