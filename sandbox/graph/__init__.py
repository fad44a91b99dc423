"""Graph as a whole: from a request to its answer."""
