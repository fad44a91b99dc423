"""Refused settings in words, for the person who set them."""

from collections.abc import Sequence

from pydantic import ValidationError

import texts
from config.settings import variable
from config.shapes import expected_by


def explain_refused(exc: ValidationError, language: str = texts.DEFAULT) -> Sequence[str]:
    """
    Return a line for each setting that was refused: its name and what was expected, without its value.

    Until the settings hold there is no database, and so no register that names a programme's language: a caller who
    knows none says them in bokmål.
    """
    return [
        texts.say(
            "problem.unusable",
            language,
            name=variable(str(error["loc"][0])),
            expected=expected_by(error).said(language),
        )
        for error in exc.errors(include_url=False)
    ]
