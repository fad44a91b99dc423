"""Reports: a board's answers, and the owner board's summary, from compiling to the copy on a site."""
