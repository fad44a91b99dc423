"""Acceptance on a test tenant: a smoke suite that tells where Microsoft 365 answers as the sandbox does."""
