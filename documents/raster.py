"""Drawings as PNG, for files that keep no vectors. The typesetter draws them, so that one program knows our SVG."""

from functools import lru_cache

from documents.document import Picture

PIXELS_PER_INCH = 300
"""Fine enough to print."""
REMEMBERED = 256
"""Drawings kept: one paper has the same ones in several languages, and in its corrected version."""
_SHEET = b"""
#set page(width: float(sys.inputs.width) * 1mm, height: float(sys.inputs.height) * 1mm, margin: 0mm, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)
"""


@lru_cache(maxsize=REMEMBERED)
def png_of(picture: Picture) -> bytes:
    """Return the picture as PNG with a transparent ground; the same bytes each time."""
    # Six megabytes of memory, which files without drawings do not need.
    import typst

    return typst.compile(
        _SHEET,
        format="png",
        ppi=PIXELS_PER_INCH,
        ignore_system_fonts=True,
        sys_inputs={"svg": picture.svg, "width": str(picture.width_mm), "height": str(picture.height_mm)},
    )
