"""The archive: handovers of papers to it, and its answers."""
