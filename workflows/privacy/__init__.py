"""The room of personal data: access requests, retention and redaction, over everything that the record holds."""
