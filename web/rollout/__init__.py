"""Pages of the county lead about rollouts: a new municipality, each place's order, and the template over all."""
