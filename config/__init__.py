"""The programme as data, and the settings of a deployment."""
