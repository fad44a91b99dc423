"""
Draws the two icons of the Teams app: four dots on one ring, the four jobs that are one loop.

`python -m teams_app.icons` writes them anew; they lie in the repository, so that building a package needs no drawing.
"""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent
BLUE = (0x0B, 0x4F, 0x6C)
WHITE = (255, 255, 255)
SAMPLES = 4
"""Each pixel is the mean of SAMPLES × SAMPLES points, for smooth edges."""

Ink = Callable[[float, float], bool]


def symbol(x: float, y: float, *, thickness: float = 0.13, dot: float = 0.24) -> bool:
    """Return True when the point is inked; the ring has radius 1 around (0, 0)."""
    on_ring = abs((x * x + y * y) ** 0.5 - 1) < thickness / 2
    return on_ring or any((x - cx) ** 2 + (y - cy) ** 2 < dot * dot for cx, cy in ((0, 1), (1, 0), (0, -1), (-1, 0)))


def coverage(ink: Ink, *, size: int, radius: float, column: int, row: int) -> float:
    """Return the inked part of a pixel, from 0 to 1; *radius* is the ring's, in pixels."""
    points = [(index + 0.5) / SAMPLES for index in range(SAMPLES)]
    inked = sum(
        ink((column + dx - size / 2) / radius, (row + dy - size / 2) / radius) for dy in points for dx in points
    )
    return inked / SAMPLES**2


def png(size: int, pixel: Callable[[int, int], tuple[int, int, int, int]]) -> bytes:
    """Return a PNG of *size* × *size* pixels in red, green, blue and opacity."""
    rows = b"".join(b"\0" + bytes(v for column in range(size) for v in pixel(column, row)) for row in range(size))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def color() -> bytes:
    """Return the colour icon, 192 × 192: the symbol in white on the whole square; Teams rounds the corners."""

    def pixel(column: int, row: int) -> tuple[int, int, int, int]:
        share = coverage(symbol, size=192, radius=44, column=column, row=row)
        red, green, blue = (round(b + (w - b) * share) for b, w in zip(BLUE, WHITE, strict=True))
        return red, green, blue, 255

    return png(192, pixel)


def outline() -> bytes:
    """Return the outline icon, 32 × 32: the symbol in white on nothing."""

    def ink(x: float, y: float) -> bool:
        return symbol(x, y, thickness=0.2, dot=0.3)

    def pixel(column: int, row: int) -> tuple[int, int, int, int]:
        return *WHITE, round(255 * coverage(ink, size=32, radius=11, column=column, row=row))

    return png(32, pixel)


if __name__ == "__main__":
    (FOLDER / "color.png").write_bytes(color())
    (FOLDER / "outline.png").write_bytes(outline())
