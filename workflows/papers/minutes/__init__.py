"""Minutes: what a meeting decided, who carries it, and its follow-up."""
