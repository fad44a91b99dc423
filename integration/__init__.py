"""One door for each outside system: our words in, our words out."""
