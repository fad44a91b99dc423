"""Acts of local and county leads: reminders, guests, minutes, messages that wait, and links that people hold."""
