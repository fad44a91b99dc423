"""Finished documents from finished values: e-mail, report pages, PDF and Word. Nothing is decided here.

Typesetter and Word writer stand apart: they take a while to load, and most processes need neither.
"""
