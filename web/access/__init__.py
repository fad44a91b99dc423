"""Pages behind sign-in: the reader of a request, the rule of a route, and the check of every write."""
