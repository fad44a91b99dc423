"""Entra: users, guests and groups."""
