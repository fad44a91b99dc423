"""Pages of meetings: calendar feeds, a person's own meetings, moving one, the year as a wheel."""
