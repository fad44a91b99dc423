"""The app as Teams knows it: manifest, icons and the package an administrator uploads."""
