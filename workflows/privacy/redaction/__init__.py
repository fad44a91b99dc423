"""Redaction: a name that slipped into a text is taken out of everything that is reached, and a marker stays."""
