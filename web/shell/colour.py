"""The programme's colour on the pages behind sign-in: a style sheet whose address names the colour."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from config.colours import LEAST_FOR_TEXT, contrast
from web.assets import FOR_EVER

MARK = "#ffc46b"
"""Colour of marks on the page's top, as `shell.css` has it."""
LEAST_FOR_MARKS = 3.0
"""Contrast that a mark or a focus ring needs with its ground."""
WHITE = "#ffffff"


def router() -> APIRouter:
    """Return the route of the style sheet."""
    routes = APIRouter()

    @routes.get("/farger/{colour}.css", summary="The programme's colour as a style sheet")
    async def style(colour: Annotated[str, Path(pattern="^[0-9a-f]{6}$")]) -> Response:
        return Response(style_of(f"#{colour}"), media_type="text/css", headers={"Cache-Control": FOR_EVER})

    return routes


def style_of(colour: str) -> str:
    """Return the style sheet for a colour; an empty one when white letters cannot be read on it."""
    if contrast(colour, WHITE) < LEAST_FOR_TEXT:
        return ""
    mark = MARK if contrast(colour, MARK) >= LEAST_FOR_MARKS else WHITE
    values = f"--top: {colour}; --top-mark: {mark};"
    # Said again for dark pages, whose own rule in shell.css is as strong as the first.
    return f".shell {{ {values} }}\n@media (prefers-color-scheme: dark) {{ .shell {{ {values} }} }}\n"
