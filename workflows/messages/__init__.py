"""Messages as rows that leave once: the outbox, mail, and the mailboxes they leave from."""
