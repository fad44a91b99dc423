"""Workflows: decisions and their moments. No HTTP, no SQL, no environment."""
