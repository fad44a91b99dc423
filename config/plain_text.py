"""Text that any file can hold: without signs that XML refuses, and without signs that turn a line around."""

_CONTROLS = (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))
"""XML refuses them."""
_TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
"""They turn the direction of what follows."""
_NO_CHARACTERS = (
    *range(0xD800, 0xE000),
    *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
)
"""Half pairs and code points that are no characters: no file keeps them."""
_UNWANTED = dict.fromkeys((*_CONTROLS, *_TURNS, *_NO_CHARACTERS))


def clean(text: str) -> str:
    """Return *text* without signs that XML refuses, and without those that turn the line around; line breaks stay."""
    return text.translate(_UNWANTED)
