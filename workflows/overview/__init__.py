"""Overviews: what pages behind sign-in show of the programme as it stands now. They change nothing."""
