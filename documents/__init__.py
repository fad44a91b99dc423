"""Finished documents from finished values: e-mail, report pages and PDF. Nothing is decided here."""

from documents.mail import mail as mail

__all__ = ["mail"]
