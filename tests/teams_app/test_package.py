"""The Teams app's package, against the manifest schema that Microsoft publishes (npm: @microsoft/app-manifest)."""

import hashlib
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from config.settings import Settings
from teams_app import icons, package
from workflows.bot.registry import understand

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "node_modules/@microsoft/app-manifest/build/json-schemas/teams/v1.25/MicrosoftTeams.schema.json"
SETTINGS = Settings(
    bot_id="11111111-1111-1111-1111-111111111111",
    hands_id="22222222-2222-2222-2222-222222222222",
    public_url="https://vareunge.example/",
)

CONTENT = ("0.2", "fe84d95cce2b060c73a7c8d8df9563058bd0547c3d2ca6bca04bdf74ece7555a")
"""The version in `teams_app/manifest.json` without its last number, and the digest of what a package of it says."""


def read(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as content:
        manifest: dict[str, Any] = json.loads(content.read("manifest.json"))
    return manifest


def pixels(png: bytes) -> bytes:
    """Unpacked: another zlib may pack the same picture differently."""
    return zlib.decompress(png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8])


def test_the_manifest_is_valid_by_its_published_schema(tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    manifest = read(package.build(SETTINGS, tmp_path / "app.zip"))

    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(manifest)
    assert manifest["manifestVersion"] == "1.25"


def test_no_placeholder_is_left_and_everything_lies_at_the_top(tmp_path: Path) -> None:
    path = package.build(SETTINGS, tmp_path / "app.zip")

    assert "{{" not in json.dumps(read(path))
    assert read(path)["validDomains"] == ["vareunge.example"]
    assert sorted(zipfile.ZipFile(path).namelist()) == [
        "color.png",
        "en-gb.json",
        "manifest.json",
        "nn-no.json",
        "outline.png",
    ]


@pytest.mark.parametrize("name", package.languages())
def test_every_language_is_valid_by_its_published_schema_and_complete(tmp_path: Path, name: str) -> None:
    path = package.build(SETTINGS, tmp_path / "app.zip")
    words = json.loads(zipfile.ZipFile(path).read(name))
    schema = json.loads(SCHEMA.with_name("MicrosoftTeams.Localization.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft4Validator(schema).validate(words)
    manifest = read(path)
    commands = manifest["bots"][0]["commandLists"][0]["commands"]
    wanted = {f"bots[0].commandLists[0].commands[{n}].{part}" for n in range(len(commands)) for part in commands[n]}
    wanted |= {f"{part}.{length}" for part in ("name", "description") for length in ("short", "full")}
    wanted |= {f"staticTabs[{n}].name" for n in range(len(manifest["staticTabs"]))}
    assert words.keys() - {"$schema"} == wanted
    # The bot understands every command that Teams offers, in each language.
    for title in (words[key] for key in wanted if key.endswith(".title")):
        assert understand(title).command is not None


def test_one_command_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "app.zip"
    assert package.main([str(out)]) == 2
    assert "VAREUNGE_BOT_ID: missing" in capsys.readouterr().err

    for name in ("bot_id", "hands_id", "public_url"):
        monkeypatch.setenv(f"VAREUNGE_{name.upper()}", getattr(SETTINGS, name))
    assert package.main([str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 0.2.0\n"
    assert read(out)["bots"][0]["botId"] == SETTINGS.bot_id


def test_it_has_the_words_of_the_programme_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("bot_id", "hands_id", "public_url"):
        monkeypatch.setenv(f"VAREUNGE_{name.upper()}", getattr(SETTINGS, name))
    out = tmp_path / "app.zip"

    assert package.main([str(out), "--programme", str(ROOT / "config" / "velferd")]) == 0
    assert read(out)["name"]["short"] == "Trygg hverdag"

    assert package.main([str(out), "--programme", str(tmp_path)]) == 2
    assert "programme" in capsys.readouterr().err


def test_the_same_settings_give_the_same_package(tmp_path: Path) -> None:
    first, second = (package.build(SETTINGS, tmp_path / name).read_bytes() for name in ("1.zip", "2.zip"))

    assert first == second


def numbers(settings: Settings) -> tuple[int, ...]:
    return tuple(map(int, package.version(settings).split(".")))


def test_another_package_of_a_deployment_has_a_higher_version(tmp_path: Path) -> None:
    """Whoever changes the address raises the edition: the same version could not say something else."""
    later = SETTINGS.model_copy(update={"public_url": "https://other.example", "teams_app_edition": 10})
    manifest = read(package.build(later, tmp_path / "app.zip"))

    assert manifest["validDomains"] == ["other.example"]
    assert manifest["version"] == package.version(later) == "0.2.10"
    assert numbers(later) > numbers(SETTINGS.model_copy(update={"teams_app_edition": 9})) > numbers(SETTINGS)


def test_what_a_release_changes_in_the_package_raises_its_version(tmp_path: Path) -> None:
    """Ask for a release of its own: raise the second number in `teams_app/manifest.json`, and note it in CONTENT."""
    path = package.build(SETTINGS, tmp_path / "app.zip")
    manifest = read(path)
    release, _, edition = manifest.pop("version").rpartition(".")
    with zipfile.ZipFile(path) as content:
        files = {name: content.read(name).hex() for name in sorted(content.namelist()) if name != "manifest.json"}
    digest = hashlib.sha256(json.dumps([manifest, files], sort_keys=True).encode()).hexdigest()

    assert edition == "0"
    assert (release, digest) == CONTENT


def test_everything_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"BOT_ID: missing; .*HANDS_ID: missing; .*PUBLIC_URL: http://127.*https"):
        package.build(Settings(), tmp_path / "app.zip")


def test_the_consent_falls_to_hands_and_asks_for_what_its_list_names() -> None:
    lines = (ROOT / "infra/permissions/hands.txt").read_text(encoding="utf-8").splitlines()
    by_consent = {line.split("#")[0].strip() for line in lines if line.split("#")[0].strip().endswith(".Group")}

    assert set(package.permissions()) == by_consent
    assert package.template()["webApplicationInfo"]["id"] == "{{HANDS_ID}}"


def test_the_token_of_a_tab_is_for_the_app_that_the_consent_falls_to(tmp_path: Path) -> None:
    manifest = read(package.build(SETTINGS, tmp_path / "app.zip"))

    assert manifest["webApplicationInfo"]["resource"] == f"api://vareunge.example/{SETTINGS.hands_id}"
    assert [tab["contentUrl"] for tab in manifest["staticTabs"]] == ["https://vareunge.example/logg-inn/teams"]


@pytest.mark.parametrize(
    ("name", "size", "draw"), [("color.png", 192, icons.color), ("outline.png", 32, icons.outline)]
)
def test_an_icon_has_its_size_and_is_drawn_by_our_script(name: str, size: int, draw: Any) -> None:
    content = (package.FOLDER / name).read_bytes()

    assert pixels(content) == pixels(draw())
    assert struct.unpack(">II", content[16:24]) == (size, size)
