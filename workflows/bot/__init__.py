"""Commands that people write to the bot."""
