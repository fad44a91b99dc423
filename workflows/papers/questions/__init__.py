"""Questions that packages lift: one life each, from the asking over the boards to the answer and its follow-up."""
