"""Commands of the terminal. A command's docstring is its help.

Everything of ours is imported inside the function that needs it, so that `vareunge --help` answers at once.
"""
