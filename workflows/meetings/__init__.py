"""Board meetings: dates found, booked into calendars, followed, moved."""
