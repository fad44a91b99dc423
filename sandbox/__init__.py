"""Microsoft 365 in a box: a separate server that behaves as documented. Imports nothing of the service."""
