"""A programme of any size, from the template that comes with the product and invented municipalities."""

from pathlib import Path
from typing import Any

from config.export import to_yaml
from config.loading import load_documents

VESTFOLD = Path(__file__).parent.parent / "config" / "vestfold"
HOME = "fylket"


def write_country(folder: Path, municipalities: int, *, at_home: int = 0, with_owner_board: bool = False) -> None:
    """
    Write the programme as YAML: per municipality nine people (seven of them guests) and three work packages.

    *at_home*: so many packages a municipality instead, each led by somebody of the county. *with_owner_board*: and the
    owner board.
    """
    template = _read("template.yaml")
    places = {"municipality": template["places"]["municipality"]}
    bodies = {
        name: body
        for name, body in template["bodies"].items()
        if body.get("per") == "municipality" or (with_owner_board and body["kind"] == "owner_board")
    }
    slugs = [f"kommune-{number:03}" for number in range(1, municipalities + 1)]
    organisations = [_organisation(HOME, "county", "home"), *(_organisation(slug) for slug in slugs)]
    county = [_person("leder-fylket", HOME), _person("eier-en", HOME), _person("eier-to", HOME)]
    assignments = [
        {"person": "leder-fylket", "role": "county_lead"},
        {"person": "eier-en", "role": "team_owner"},
        {"person": "eier-to", "role": "team_owner"},
    ]
    documents: dict[str, Any] = {
        "programme.yaml": _programme(),
        "template.yaml": {"places": places, "bodies": bodies},
        "calendar.yaml": _read("calendar.yaml"),
        "organisations.yaml": {"organisations": organisations},
        "people.yaml": {"people": county, "assignments": assignments},
        **{f"municipalities/{slug}.yaml": _municipality(slug, number, at_home) for number, slug in enumerate(slugs)},
    }
    for path, document in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("w", encoding="utf-8") as file:
            file.write(to_yaml(document))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(load_documents(VESTFOLD)[name])
    return found


def _programme() -> dict[str, Any]:
    programme = _read("programme.yaml")["programme"]
    kept = {name: programme[name] for name in ("first_day", "last_day", "timezone", "language")}
    named = {"key": "landet", "name": "Landet", "local_name": "Rommet i {municipality}", "county": HOME}
    return {"programme": {**kept, **named}}


def _municipality(slug: str, number: int, at_home: int) -> dict[str, Any]:
    guests = [_person(f"{role}-{slug}", slug) for role in ("styreleder", "medlem-a", "medlem-b", "leder", "pakke-a")]
    guests += [_person(f"pakke-b-{slug}", slug), _person(f"nabo-{slug}", slug)]
    colleagues = [_person(f"rektor-{slug}", HOME), _person(f"pakke-c-{slug}", HOME)]
    held = {"styreleder": "board_chair", "leder": "local_lead"}
    held |= dict.fromkeys(("medlem-a", "medlem-b", "nabo", "rektor"), "board_member")
    letters = "abcdefghijklmnopqrstuvwxyz"[:at_home] if at_home else "abc"
    if at_home:
        colleagues = [_person(f"rektor-{slug}", HOME), *(_person(f"pakke-{x}-{slug}", HOME) for x in letters)]
        guests = [person for person in guests if not person["key"].startswith("pakke-")]
    packages = [_package(slug, letter) for letter in letters]
    assignments: list[dict[str, str]] = [{"person": f"{who}-{slug}", "role": role} for who, role in held.items()]
    assignments += [
        {"person": f"pakke-{letter}-{slug}", "role": "work_package_lead", "work_package": f"{slug}-{letter}"}
        for letter in letters
    ]
    return {
        "municipality": {
            "slug": slug,
            "number": f"{1000 + number}",
            "name": slug.replace("-", " ").capitalize(),
            "organisation": slug,
            "schools": [],
            "place": "ours",
            "meetings": "ours",
        },
        "people": guests + colleagues,
        "assignments": assignments,
        "work_packages": packages,
    }


def _package(slug: str, letter: str) -> dict[str, Any]:
    indicator = {"key": "antall", "name": "Antall unge", "unit": "unge", "baseline": 2, "target": 9, "better": "higher"}
    key = f"{slug}-{letter}"
    return {"key": key, "name": f"Pakke {letter.upper()}", "state": "running", "since": "2025-09-01"} | {
        "indicators": [indicator]
    }


def _organisation(key: str, kind: str = "municipality", tenant: str = "guest") -> dict[str, str]:
    return {"key": key, "name": key.capitalize(), "kind": kind, "tenant": tenant, "domain": f"{key}.example"}


def _person(key: str, organisation: str) -> dict[str, str]:
    name = key.replace("-", " ").capitalize()
    return {"key": key, "name": name, "email": f"{key}@{organisation}.example", "organisation": organisation}
