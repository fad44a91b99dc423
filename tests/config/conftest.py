"""Keeps what hypothesis remembers out of the checkout: pytest would look for tests in it."""

import tempfile
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis")
