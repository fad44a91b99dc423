"""Lessons: texts of released reports on what packages have learned, for the leads of packages everywhere."""
