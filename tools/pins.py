"""Pin every package exactly: `uv run python -m tools.pins [--upgrade]`.

`uv.lock` carries the addresses of a registry and is therefore not kept. The exact versions stand in `pyproject.toml`
as uv's `constraint-dependencies` instead, so that every machine resolves to the same set, from whatever registry.
Without `--upgrade` the versions pinned so far stay and only what is missing is added.
"""

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
PINS = re.compile(r"^(constraint-dependencies = \[\n).*?^(\])$", re.MULTILINE | re.DOTALL)
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;]+)(?: ; (.*))?$")


def pins(exported: str) -> list[str]:
    """Return the requirements that `uv export` printed, without extras: `name==version ; marker`, sorted by name."""
    found = filter(None, (REQUIREMENT.match(line.strip()) for line in exported.splitlines()))
    return sorted(
        {
            f"{name}=={version}" + (f" ; {marker}" if marker else "")
            for name, version, marker in (match.groups() for match in found)
        }
    )


def write_pins(text: str, requirements: list[str]) -> str:
    """Return *text* of a pyproject.toml with its constraint-dependencies replaced."""
    block = "".join(f'    "{requirement.replace(chr(34), chr(39))}",\n' for requirement in requirements)
    return PINS.sub(lambda match: match[1] + block + match[2], text, count=1)


def main() -> int:
    """Resolve, export and write."""
    if "--upgrade" in sys.argv:
        PYPROJECT.write_text(write_pins(PYPROJECT.read_text(), []))
        (PYPROJECT.parent / "uv.lock").unlink(missing_ok=True)
    export = ["uv", "export", "--all-groups", "--no-hashes", "--no-emit-project", "--no-annotate", "--quiet"]
    exported = subprocess.run(export, check=True, text=True, capture_output=True, cwd=PYPROJECT.parent).stdout
    PYPROJECT.write_text(write_pins(PYPROJECT.read_text(), pins(exported)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
