"""Routes of the bot: its endpoint, and the people's words and presses that come through it."""
