"""The commands of the bot, one module each. `workflows/bot/registry.py` lists them."""
