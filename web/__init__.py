"""What answers HTTP: the bot endpoint, the answer form, feeds and pages."""
