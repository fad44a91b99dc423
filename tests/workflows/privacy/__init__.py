"""Tests of personal data: access requests, retention, redaction."""
