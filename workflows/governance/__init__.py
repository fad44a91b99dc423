"""Governance papers: evidence and templates for the county, made of its configuration and of the code's parts."""
