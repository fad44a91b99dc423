"""From a folder of YAML, or from documents out of the register, to a checked programme."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from config.checks import check_everything
from config.fields import Language
from config.files import REQUIRED, ProgrammeHead
from config.places import bodies_of, places_of
from config.problems import InvalidInput, Problem, phrase
from config.programme import Programme
from config.retention import RetentionRule
from config.shapes import Checked, check_shapes
from config.source import SourceDocument
from config.themes import Theme
from config.values import (
    Assignment,
    BudgetLine,
    BusyDay,
    Municipality,
    Organisation,
    Partner,
    Person,
    PlanActivity,
    Progress,
    School,
    SchoolBreak,
    SendingHours,
    Spending,
    Stakeholder,
    WorkPackage,
)
from config.wording import Wording


def load_documents(folder: Path) -> dict[str, Any]:
    """
    Return the documents of a programme: relative path → plain values, which know their lines until they are copied.

    Raises InvalidInput when something is no YAML; what the values mean is not checked.
    """
    problems: list[Problem] = []
    documents = dict(_read_all(folder, problems))
    if problems:
        raise InvalidInput(problems, language=language_of(documents))
    return documents


def programme_from(documents: Mapping[str, Any]) -> Programme:
    """Return the programme these documents describe. Raises InvalidInput with everything that is wrong with them."""
    return _build(documents, [])


def load_programme(folder: Path) -> Programme:
    """Return the programme written in *folder*. Raises InvalidInput with everything that is wrong, YAML and meaning."""
    problems: list[Problem] = []
    return _build(dict(_read_all(folder, problems)), problems)


def language_of(documents: Mapping[str, Any]) -> str:
    """Return the language that documents name as their programme's; empty when none can be read of them."""
    head = documents.get("programme.yaml")
    programme = head.get("programme") if isinstance(head, Mapping) else None
    language = str(programme.get("language", "")) if isinstance(programme, Mapping) else ""
    return language if language in get_args(Language) else ""


def _read_all(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, SourceDocument]]:
    # The register holds no YAML: what answers people reads none.
    from config.reading import read

    files = [*sorted(folder.glob("*.y*ml")), *sorted(folder.glob("municipalities/*.y*ml"))]
    if not files:
        problems.append(Problem(where=str(folder), value=phrase("no_yaml_files"), expected=phrase("programme_folder")))
    for file in files:
        document = read(file, file=str(file), problems=problems)
        if document is not None:
            yield file.relative_to(folder).as_posix(), document


def _build(documents: Mapping[str, Any], problems: list[Problem]) -> Programme:
    checked = check_shapes(documents)
    checked.problems[:0] = problems
    if not problems:
        # With a file that could not be read, half the references would lead nowhere and hide the one true problem.
        check_everything(checked)
    missing = [kind for kind in REQUIRED if f"{kind}.yaml" not in documents]
    if not problems:
        checked.problems.extend(
            Problem(where=f"{kind}.yaml", value=phrase("nothing"), expected=phrase("this_file")) for kind in missing
        )
    bodies = bodies_of(checked)
    places = places_of(checked)
    if checked.problems:
        raise InvalidInput(checked.problems, language=language_of(documents))
    head = checked.values("programme", ProgrammeHead)[0]
    return Programme(
        **head.model_dump(),
        **_parts(checked),
        bodies=bodies,
        places=places,
    )


def _parts(checked: Checked) -> dict[str, Any]:
    days_off = [entry.value for entry in checked.sections.get("days_off", ())]
    sending = checked.values("sending", SendingHours)
    wording = checked.values("wording", Wording)
    return {
        "organisations": checked.values("organisations", Organisation),
        "partners": checked.values("partners", Partner),
        "people": checked.values("people", Person),
        "assignments": checked.values("assignments", Assignment),
        "municipalities": checked.values("municipality", Municipality),
        "schools": checked.values("schools", School),
        "themes": checked.values("themes", Theme),
        "work_packages": checked.values("work_packages", WorkPackage),
        "school_breaks": checked.values("school_breaks", SchoolBreak),
        "activities": checked.values("activities", PlanActivity),
        "progress": checked.values("progress", Progress),
        "budget": checked.values("budget", BudgetLine),
        "spending": checked.values("spending", Spending),
        "stakeholders": checked.values("stakeholders", Stakeholder),
        "retention": checked.values("retention", RetentionRule),
        "days_off": tuple(days_off),
        "busy_days": checked.values("busy_days", BusyDay),
        "sending": sending[0] if sending else SendingHours(),
        "wording": wording[0] if wording else Wording(),
    }
