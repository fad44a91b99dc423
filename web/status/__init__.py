"""Pages of a status request: the form that answers it."""
