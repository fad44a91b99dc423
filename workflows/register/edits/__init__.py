"""Edits of the register by subject: each a value that makes its change on a draft."""
