"""Builds the package that an administrator uploads to the organisation's app catalogue.

`python -m teams_app.package OUT` writes it for the deployment that the environment describes.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

import texts
from config.loading import load_programme
from config.problems import FOR_PROGRAMS, InvalidInput
from config.refused import explain_refused
from config.settings import Settings
from workflows.bot.registry import COMMANDS, words_of

FOLDER = Path(__file__).parent
WORDS = ("short_name", "full_name", "short_description", "full_description")
"""Texts `teams_app.…` that stand in the manifest in double braces."""
ICONS = ("color.png", "outline.png")


def template() -> dict[str, Any]:
    """Return the manifest with its placeholders."""
    content: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return content


def languages() -> Sequence[str]:
    """Return the files of the languages beside the manifest's own."""
    return tuple(entry["file"] for entry in template()["localizationInfo"]["additionalLanguages"])


def permissions() -> Sequence[str]:
    """Return the resource-specific permissions a team consents to; an installation must name exactly these."""
    return tuple(entry["name"] for entry in template()["authorization"]["permissions"]["resourceSpecific"])


def version(settings: Settings) -> str:
    """
    Return the version of a deployment's package.

    Its first two numbers are the manifest's: they rise with what a release changes. The third is the deployment's own:
    it rises with what its settings change, since a package that says something else needs a higher version.
    """
    release, _, _ = template()["version"].rpartition(".")
    return f"{release}.{settings.teams_app_edition}"


def manifest(settings: Settings) -> dict[str, Any]:
    """Return a deployment's manifest. Raises ValueError, naming each setting that is missing or that Teams refuses."""
    url = urlsplit(settings.public_url)
    wrong = [f"VAREUNGE_{name.upper()}: missing" for name in ("bot_id", "hands_id") if not getattr(settings, name)]
    if url.scheme != "https" or not url.hostname:
        wrong.append(f"VAREUNGE_PUBLIC_URL: {settings.public_url}: expected an https address")
    if wrong:
        raise ValueError("; ".join(wrong))
    values = {
        "{{PUBLIC_URL}}": settings.public_url.rstrip("/"),
        "{{DOMAIN}}": url.hostname or "",
        "{{BOT_ID}}": settings.bot_id,
        "{{HANDS_ID}}": settings.hands_id,
        **_words(texts.DEFAULT),
    }
    filled: dict[str, Any] = _fill(template(), values) | {"version": version(settings)}
    filled["bots"][0]["commandLists"][0]["commands"] = menu(texts.DEFAULT)
    return filled


def _words(language: str) -> dict[str, str]:
    """Return the placeholders of the app's name and description, in the programme's words."""
    return {f"{{{{{name}}}}}": texts.say(f"teams_app.{name}", language) for name in WORDS}


def menu(language: str) -> list[dict[str, str]]:
    """Return what Teams shows of the bot's commands."""
    return [
        {"title": words_of(command, language)[0], "description": texts.say(f"bot.{command.key}_menu", language)}
        for command in COMMANDS
        if command.in_menu
    ]


def localization(file: str) -> dict[str, str]:
    """Return the texts of a language beside the manifest's own, the bot's menu among them."""
    language = file.partition("-")[0]
    words: dict[str, str] = _fill(json.loads((FOLDER / file).read_text(encoding="utf-8")), _words(language))
    for number, entry in enumerate(menu(language)):
        place = f"bots[0].commandLists[0].commands[{number}]"
        words |= {f"{place}.{part}": text for part, text in entry.items()}
    return words


def build(settings: Settings, out: Path) -> Path:
    """Write the package to *out* and return it. The same settings give the same bytes."""
    files = {"manifest.json": _json(manifest(settings))}
    files |= {name: (FOLDER / name).read_bytes() for name in ICONS}
    files |= {name: _json(localization(name)) for name in languages()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            # A fixed time: nothing but the content may differ between two packages.
            package.writestr(zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0)), content)
    return out


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _fill(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(item, values) for item in node]
    if isinstance(node, str):
        for placeholder, value in values.items():
            node = node.replace(placeholder, value)
    return node


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the package and tell its version; 2 when a setting is missing or refused by Teams."""
    parser = argparse.ArgumentParser(prog="python -m teams_app.package", description=main.__doc__)
    parser.add_argument("out", type=Path, help="the file to write, for example app.zip")
    parser.add_argument("--programme", type=Path, metavar="DIR", help="folder of the programme whose words it has")
    given = parser.parse_args(arguments)
    out: Path = given.out
    try:
        if given.programme is not None:
            texts.reword(load_programme(given.programme).wording.by_language())
        settings = Settings()
        build(settings, out)
    except ValidationError as refused:
        sys.stderr.writelines(f"{line}\n" for line in explain_refused(refused, FOR_PROGRAMS))
        return 2
    except (ValueError, InvalidInput) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{out}: {version(settings)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
