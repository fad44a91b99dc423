"""Meetings in the calendars of a real sandbox: its mailboxes tell who heard what."""
