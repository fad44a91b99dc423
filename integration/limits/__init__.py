"""Rate limits that Microsoft publishes, kept before a 429 tells of them: a wait of ours is the shorter one."""
