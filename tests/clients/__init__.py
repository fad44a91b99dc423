"""Foreign clients of Graph before the sandbox, which they take for the real one. By command, never in the suite."""
