"""The bot before a Teams client that is not ours: Microsoft's Agents Playground. By command, never in the suite."""
