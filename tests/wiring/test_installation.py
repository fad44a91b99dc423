"""The installation as the code itself tells it: every room judged, every package named, no secret."""

from importlib.metadata import Distribution
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.loading import load_documents, load_programme
from config.settings import Settings
from tests.workflows.governance.installations import PROGRAMME, installation
from wiring import installation as wired
from wiring.process import Services
from workflows.governance.parts import ROOMS, unjudged_rooms
from workflows.governance.values import PaperValues

SECRET = "a secret of thirty-two characters, or"
VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"


@pytest.fixture
def services() -> Services:
    values = {"research_key": SECRET, "database_url": f"postgresql+psycopg://me:{SECRET[:8]}@db.example/x"}
    return Services(Settings.model_validate(values), name="test")


def test_every_room_of_the_code_belongs_to_a_part_and_every_part_names_rooms_that_are_there() -> None:
    rooms = wired.rooms()

    assert unjudged_rooms(installation(rooms=rooms)) == []
    named = [room for each in ROOMS.values() for room in each.split()]
    assert sorted(set(named) - set(rooms)) == []
    assert len(named) == len(set(named))


def test_the_papers_are_made_of_the_running_code(services: Services) -> None:
    found = wired.installation_of(services.settings, PROGRAMME)

    assert [item.name for item in found.identities["hands"]][:2] == ["User.Invite.All", "GroupMember.ReadWrite.All"]
    assert found.identities["door"] == []
    assert "session" in found.tables
    assert "/hjelp" in found.open_routes
    assert len(found.evidence) == 55
    names = {(item.ecosystem, item.name) for item in found.components}
    assert {("pypi", "jinja2"), ("pypi", "sqlalchemy"), ("npm", "adaptivecards")} <= names
    assert not names & {("pypi", "pytest"), ("pypi", "mypy"), ("npm", "axe-core")}
    assert all(item.version for item in found.components)


def test_no_secret_and_no_address_of_a_database_is_told(services: Services) -> None:
    found = repr(wired.installation_of(services.settings, PROGRAMME).deployment)

    assert SECRET[:8] not in found
    assert "db.example" not in found
    assert "has_research=True" in found


def test_another_programme_has_another_fingerprint() -> None:
    other = load_programme(VESTFOLD.parent / "velferd")

    assert PaperValues(installation()).fingerprint == PaperValues(installation()).fingerprint
    assert PaperValues(installation()).fingerprint != PaperValues(installation(programme=other)).fingerprint
    assert load_documents(VESTFOLD)


def package(*requirements: str) -> Distribution:
    return cast("Distribution", SimpleNamespace(requires=list(requirements)))


def test_only_what_a_package_needs_is_counted_and_that_in_turn() -> None:
    installed = {
        "ours": package("A.b>=1", "not-here"),
        "a-b": package("c ; python_version > '3'", "ours", "d ; extra == 'more'"),
        "c": package(),
        "d": package(),
    }

    assert wired.needed("ours", installed) == {"a-b", "c", "ours"}


def test_without_our_own_metadata_everything_that_is_installed_is_counted() -> None:
    names = {item.name for item in wired.python_components("nothing-of-that-name")}

    assert {"pytest", "jinja2"} <= names
    assert wired.own_version("nothing-of-that-name") == "0"


class Metadata(dict[str, Any]):
    def get_all(self, name: str) -> list[str] | None:
        return self.get(f"all {name}")


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        pytest.param({"License-Expression": "MIT"}, "MIT", id="expression"),
        pytest.param({"License": "BSD"}, "BSD", id="short name"),
        pytest.param(
            {"License": "A text\nof a licence", "all Classifier": ["License :: OSI Approved :: MIT License", "Other"]},
            "MIT License",
            id="a whole text",
        ),
        pytest.param({}, "", id="not stated"),
    ],
)
def test_a_licence_is_told_as_the_package_states_it(metadata: dict[str, Any], licence: str) -> None:
    assert wired.licence_of(Metadata(metadata)) == licence


def test_packages_for_development_are_not_served() -> None:
    lock = {
        "packages": {
            "": {"version": "0"},
            "node_modules/x/node_modules/@a/b": {"version": "1"},
            "node_modules/c": {"version": "2", "dev": True},
        }
    }

    assert [(item.name, item.version, item.licence) for item in wired.locked_components(lock)] == [("@a/b", "1", "")]


def test_without_the_lock_file_there_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wired, "LOCK", tmp_path / "gone.json")

    assert wired.served_components() == []
