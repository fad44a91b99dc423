"""Teams: teams, channels, tabs, apps and who is in them."""
