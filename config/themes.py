"""Themes that work packages of several municipalities share, so that they find what the others have learned."""

from config.fields import Line, Slug, Value


class Theme(Value):
    key: Slug
    name: Line
