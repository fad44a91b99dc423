"""Ground of all products: clock, ids, latency, limits, identities, seed and the record of traffic."""
