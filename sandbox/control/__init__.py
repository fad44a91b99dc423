"""The control calls, for tests and for operators of the sandbox."""
