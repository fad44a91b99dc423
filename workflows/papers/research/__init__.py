"""The data set for the research partner, with its dictionary."""
