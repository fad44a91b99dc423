"""The demo: one whole loop of a programme against the sandbox, played by people who exist only as data."""
