"""Microsoft Graph behind small clients."""
