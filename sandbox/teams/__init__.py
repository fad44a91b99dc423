"""Teams: teams, channels, tabs, apps and rosters."""
