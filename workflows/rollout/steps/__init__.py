"""The steps of a rollout, one module for each kind of thing that a place consists of."""
