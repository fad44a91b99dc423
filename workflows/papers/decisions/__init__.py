"""Decisions: their follow-up until they are done."""
