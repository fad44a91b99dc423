"""Pages that show the programme as it stands now, each for those it concerns."""
