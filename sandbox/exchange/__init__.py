"""Exchange: mailboxes and calendars."""
