"""Names of channels: those of packages are made of the package's, and told where somebody wrote it."""

from pathlib import Path

import pytest

from config.channel_names import LONGEST, channel_name, fits_channel
from config.fields import Language
from config.loading import load_programme
from config.values import WorkPackage
from tests.config.samples import DAL, FILES, changed, problems_of, write

TEAMS_TAKES = (
    f"a channel name Teams takes: at most {LONGEST} characters, none of ~ # % & * + / : < > ?,"
    " and none that is kept, such as General or Forms"
)


def package(name: str, channel: str = "") -> WorkPackage:
    return WorkPackage(key="dal-verksted", municipality="dal", name=name, channel_name=channel)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        pytest.param("Helsefagpiloten", "Helsefagpiloten", id="a name that Teams takes"),
        pytest.param("Skole & arbeid: overgang", "Skole og arbeid – overgang", id="ampersand and colon"),
        pytest.param("Jobb+", "Jobb", id="a plus at the end"),
        pytest.param("Ung/voksen", "Ung-voksen", id="a slash"),
        pytest.param("«Rett i jobb»?", "«Rett i jobb»", id="a question mark"),
        pytest.param('Prosjekt "Båten"', "Prosjekt Båten", id="quotation marks"),
        pytest.param("... på vei ...", "på vei", id="points at the ends"),
        pytest.param("100 % jobb #2", "100 jobb 2", id="signs without a word"),
        pytest.param(
            "Overgang fra skole til arbeid for ungdom mellom femten og tjuefem",
            "Overgang fra skole til arbeid for ungdom mellom",
            id="a long name, cut between words",
        ),
        pytest.param("D" * 60, "D" * LONGEST, id="a long word"),
    ],
)
def test_a_package_s_channel_has_its_name_in_signs_that_teams_takes(name: str, made: str) -> None:
    found = channel_name("{work_package}", package(name), "nb")

    assert found == made
    assert fits_channel(found)


@pytest.mark.parametrize(
    ("language", "made"), [("nb", "Skole og arbeid"), ("nn", "Skole og arbeid"), ("en", "Skole and arbeid")]
)
def test_an_ampersand_is_written_as_the_programme_s_language_says_it(language: Language, made: str) -> None:
    assert channel_name("{work_package}", package("Skole & arbeid"), language) == made


def test_a_name_around_the_package_s_leaves_it_less_room() -> None:
    found = channel_name("Pakke {work_package}", package("D" * 60), "nb")

    assert found == "Pakke " + "D" * (LONGEST - len("Pakke "))


def test_a_channel_name_that_somebody_gave_stands_as_it_is() -> None:
    assert channel_name("AP {work_package}", package("Skole & arbeid", "Overgang"), "nb") == "AP Overgang"


@pytest.mark.parametrize(
    "name",
    ["General", "GENERELT", "forms", "CON", "com1", "LPT9", "Desktop.ini", "a _vti_ b", ".a", "_a", "a.", "", "a..b"],
)
def test_what_is_kept_or_forbidden_is_no_channel_name(name: str) -> None:
    assert not fits_channel(name)


def test_a_normal_name_of_a_package_is_no_problem_and_stays_the_package_s_name(tmp_path: Path) -> None:
    programme = load_programme(changed(tmp_path, DAL, "name: Verksted", 'name: "Skole & arbeid: overgang"'))

    assert [item.name for item in programme.work_packages] == ["Skole & arbeid: overgang"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param(
            "name: Forms",
            f"{DAL}:11: work_packages[dal-verksted].name: Forms: expected `channel_name:` beside it, {TEAMS_TAKES}",
            id="a name that is kept",
        ),
        pytest.param(
            'name: "Styret?"',
            f"{DAL}:11: work_packages[dal-verksted].name: Styret: expected `channel_name:` beside it,"
            " a name no other channel of the place has",
            id="two of a name once they are made",
        ),
        pytest.param(
            "name: Verksted\n    channel_name: 'A: b'",
            f"{DAL}:12: work_packages[dal-verksted].channel_name: A: b: expected {TEAMS_TAKES}",
            id="a channel's name with a colon",
        ),
        pytest.param(
            "name: Verksted\n    channel_name: styret",
            f"{DAL}:12: work_packages[dal-verksted].channel_name: styret:"
            " expected a name no other channel of the place has",
            id="a channel's name that another channel has",
        ),
    ],
)
def test_a_name_that_makes_no_channel_is_told_where_somebody_wrote_it(tmp_path: Path, written: str, told: str) -> None:
    assert problems_of(changed(tmp_path, DAL, "name: Verksted", written)) == [told]


def test_a_package_with_a_kept_name_gets_its_channel_by_a_name_of_its_own(tmp_path: Path) -> None:
    local = FILES[DAL].replace("name: Verksted", "name: Forms\n    channel_name: Skjemaer")

    (found,) = load_programme(write(tmp_path, FILES | {DAL: local})).work_packages

    assert (found.name, found.channel_name) == ("Forms", "Skjemaer")


def test_a_channel_of_the_template_with_a_kept_name_is_told_at_the_template(tmp_path: Path) -> None:
    folder = changed(tmp_path, "template.yaml", "{key: board, name: Styret}", "{key: board, name: Generelt}")

    assert problems_of(folder) == [
        f"template.yaml:8: places.municipality.channels[board].name: Generelt: expected {TEAMS_TAKES}"
    ]
