"""The Bot connector: conversations of people and channels with the bot."""
