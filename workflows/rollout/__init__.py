"""Rollout: a place compared with its template, step by step, and made so."""
