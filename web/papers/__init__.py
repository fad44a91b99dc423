"""Pages of a board's papers: agenda, minutes, reports, and all of a meeting's papers."""
