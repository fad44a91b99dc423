"""What the terminal can be asked for. A command's docstring is its help.

Everything of ours is imported inside the function that needs it, so that `vareunge --help` answers at once.
"""
