"""Measurements: run by hand, with what they found written in docs/."""
