"""The HTTP side: the bot endpoint, the answer form, feeds and pages."""
