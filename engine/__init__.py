"""Units of work with leases, and the limits they keep: what makes «make it so» run anywhere."""
