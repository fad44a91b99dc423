"""Problems of a programme are said all at once, with the line; without one it becomes a programme."""

import json
from datetime import date, time
from pathlib import Path

import pytest

from config.loading import load_documents, load_programme, programme_from
from config.problems import InvalidInput
from config.values import Role
from tests.config.samples import ANOTHER, DAL, FILES, changed, problems_of, write

TODAY = date(2026, 9, 1)


def override(values: str) -> tuple[str, str, str]:
    return DAL, "work_packages:", f"overrides: {values}\nwork_packages:"


def municipality(values: str) -> tuple[str, str, str]:
    return DAL, "organisation: dal-kommune}\npeople", f"organisation: dal-kommune, {values}}}\npeople"


def spent(values: str) -> tuple[str, str, str]:
    budget = "budget:\n  - {key: kurs, purpose: Kurs, years: [2026]}\n"
    return "programme.yaml", "partners:", f"{budget}spending:\n  - {{line: kurs, {values}}}\npartners:"


OWNER = "key: eier-2, name: Eier to, email: eier2@fylket.example, organisation: fylket"
GUEST = "key: eier-2, name: Eier to, email: eier2@dal.example, organisation: dal-kommune"
LEAD = "role: county_lead}"
DATES = "meeting_dates: ['2026-09-08T09:00']"
TWO_OWNER_BOARDS = """\
bodies:
  eierne: {kind: owner_board, name: Eierne, members: [county_lead]}
  flere: {kind: owner_board, name: Flere eiere, members: [county_lead]}
"""
CHANNELS = "at most 50 characters, none of ~ # % & * + / : < > ?, and none that is kept, such as General or Forms"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            ("people.yaml", "{key: leder, ", "{key: leder, [ "),
            "people.yaml:4: did not find expected ',' or ']': expected valid YAML",
            id="syntax",
        ),
        pytest.param(
            ("people.yaml", "assignments:", "people: []\nassignments:"),
            "people.yaml:5: people: written twice: expected it once (first on line 1)",
            id="a key written twice",
        ),
        pytest.param(
            ("people.yaml", "name: Leder,", "name: Leder, nam: Leder,"),
            "people.yaml:4: people[leder].nam: nam: expected `name`?"
            " (known: key, name, email, organisation, title, first_name, language,"
            " blocked_dates)",
            id="unknown key",
        ),
        pytest.param(
            ("people.yaml", "name: Leder, ", ""),
            "people.yaml:4: people[leder]: nothing: expected `name:`",
            id="missing key",
        ),
        pytest.param(
            ("calendar.yaml", "2026-12-24", "2026-12-32"),
            "calendar.yaml:3: days_off[0]: 2026-12-32: expected a date such as 2026-09-08",
            id="no such day",
        ),
        pytest.param(
            (DAL, 'number: "9901"', "number: 9901"),
            f"{DAL}:1: municipality.number: 9901: expected text (in quotes, if it is a number)",
            id="wrong type",
        ),
        pytest.param(
            (DAL, "key: plasser", "key: Plässer"),
            f"{DAL}:13: work_packages[dal-verksted].indicators[Plässer].key: Plässer:"
            " expected lower-case letters a–z, digits and single hyphens",
            id="bad slug",
        ),
        pytest.param(
            ("people.yaml", "email: eier2@", "email: EIER1@"),
            "people.yaml:3: people[eier-2].email: eier1@fylket.example: expected another email:"
            " it stands at people.yaml:2: people[eier-1].email already",
            id="two people with one address",
        ),
        pytest.param(
            ("people.yaml", "person: leder", "person: ledr"),
            "people.yaml:8: assignments[2].person: ledr: expected `leder`? (known: eier-1, eier-2, leder, lokal, sjef)",
            id="dangling reference",
        ),
        pytest.param(
            (DAL, "    name: Verksted", "    name: Verksted\n    theme: overgang"),
            f"{DAL}:12: work_packages[dal-verksted].theme: overgang: expected the name of something that exists",
            id="a theme that the programme has not",
        ),
        pytest.param(
            (DAL, "name: Verksted", "name: Verksted\n    boards: [dahl]"),
            f"{DAL}:12: work_packages[dal-verksted].boards[0]: dahl: expected `dal`? (known: dal)",
            id="a board that there is not",
        ),
        pytest.param(
            (DAL, "name: Verksted", "name: Verksted\n    boards: [dal]"),
            f"{DAL}:12: work_packages[dal-verksted].boards[0]: dal: expected a board other than the package's own,"
            " and each board once",
            id="its own board once more",
        ),
        pytest.param(
            ("people.yaml", "leder@fylket.example", "leder@dal.example"),
            "people.yaml:4: people[leder].email: leder@dal.example: expected an address at fylket.example,"
            " as fylket has",
            id="address of another organisation",
        ),
        pytest.param(
            ("people.yaml", OWNER, GUEST),
            "people.yaml:7: assignments[1].person: eier-2: expected somebody of the home tenant:"
            " a guest cannot own a team",
            id="guest as owner",
        ),
        pytest.param(
            ("people.yaml", "  - {person: eier-2, role: team_owner}\n", ""),
            "programme.yaml:7: programme.county: fylket: expected 2 people assigned as team_owner",
            id="one owner only",
        ),
        pytest.param(
            ("people.yaml", LEAD, f"{LEAD}\n  - {{person: leder, role: county_lead, since: 2026-05-01}}"),
            "people.yaml:9: assignments[3].person: leder:"
            " expected assignments of one person to one role that do not overlap",
            id="overlapping assignments",
        ),
        pytest.param(
            ("people.yaml", LEAD, f"{LEAD}\n  - {{person: eier-1, role: county_lead, since: 2026-05-01}}"),
            "people.yaml:9: assignments[3].person: eier-1: expected one county_lead at a time; leder holds it then",
            id="two leads at a time",
        ),
        pytest.param(
            ("people.yaml", LEAD, "role: county_lead, municipality: dal}"),
            "people.yaml:8: assignments[2].municipality: dal:"
            " expected neither place nor package: county_lead is for all",
            id="a role in the wrong scope",
        ),
        pytest.param(
            ("template.yaml", "name: Styret}", "name: Styret, kind: shared}"),
            "template.yaml:8: places.municipality.channels[board].kind: shared:"
            " expected standard or private: a shared channel holds no guests",
            id="shared channel with guests",
        ),
        pytest.param(
            ("template.yaml", "name: Styret}", "name: 'Styret: saker'}"),
            f"template.yaml:8: places.municipality.channels[board].name: Styret: saker: expected a channel name Teams"
            f" takes: {CHANNELS}",
            id="a character Teams refuses",
        ),
        pytest.param(
            ("template.yaml", "name: Styret}", "name: Verksted}"),
            f"{DAL}:11: work_packages[dal-verksted].name: Verksted: expected `channel_name:` beside it,"
            " a name no other channel of the place has",
            id="a channel named as a work package",
        ),
        pytest.param(
            ("template.yaml", "name: Styret}", "name: Styret}\n      - {key: board, name: Igjen}"),
            "template.yaml:9: places.municipality.channels[board]: a second entry with this key: expected it once",
            id="one channel twice",
        ),
        pytest.param(
            ("template.yaml", "unge-{municipality}", "unge i {municipality}"),
            "template.yaml:5: places.municipality.mail_nickname: unge i {municipality}:"
            " expected ASCII letters, digits, hyphen, point or underscore",
            id="mail nickname with spaces",
        ),
        pytest.param(
            ("template.yaml", "unge-{municipality}", f"{'u' * 62}{{municipality}}"),
            f"template.yaml:5: places.municipality.mail_nickname: {'u' * 62}dal: expected at most 64 characters,"
            " without braces",
            id="mail nickname too long",
        ),
        pytest.param(
            ("template.yaml", "name: Unge {municipality}", "name: Unge {kommune}"),
            "template.yaml:4: places.municipality.name: {kommune}: expected one of: municipality, work_package, year",
            id="unknown placeholder",
        ),
        pytest.param(
            ("template.yaml", "opens: 21, deadline: 10", "opens: 9, deadline: 10, reminders: []"),
            "template.yaml:27: bodies.local-board.rounds.deadline: the deadline 10 days before:"
            " expected a deadline after the opening 9 days before",
            id="deadline before opening",
        ),
        pytest.param(
            ("calendar.yaml", "last: 2026-10-09", "last: 2026-10-01"),
            "calendar.yaml:2: school_breaks[0].last: 2026-10-01: expected a day not before `first` (2026-10-05)",
            id="a break that ends before it begins",
        ),
        pytest.param(
            (DAL, "  - {person: sjef, role: board_chair}\n", ""),
            f"{DAL}:1: municipality.slug: dal: expected somebody assigned as board_chair",
            id="no chair",
        ),
        pytest.param(
            (DAL, "  - {person: lokal, role: local_lead}\n", ""),
            f"{DAL}:1: municipality.slug: dal: expected somebody assigned as local_lead",
            id="no local lead",
        ),
        pytest.param(
            (DAL, "  - {person: leder, role: work_package_lead, work_package: dal-verksted}\n", ""),
            f"{DAL}:9: work_packages[dal-verksted].key: dal-verksted: expected somebody assigned as work_package_lead",
            id="work package without lead",
        ),
        pytest.param(
            municipality("meetings: theirs"),
            f"{DAL}:1: municipality.meetings: theirs: expected `meeting_dates:`, the dates they meet, or"
            " `meeting_feed:`, a calendar with them",
            id="their meetings without dates",
        ),
        pytest.param(
            override("{places: {municipality: {channels: [{key: bord, remove: true}]}}}"),
            f"{DAL}:9: overrides.places.municipality.channels[bord]: remove:"
            " expected the key of something that is there to be removed",
            id="removing what is not there",
        ),
        pytest.param(
            override("{places: {municipality: {channels: [{key: ekstra, description: Ekstra}]}}}"),
            f"{DAL}:9: overrides.places.municipality.channels[ekstra].description: nothing: expected `name:`",
            id="an added channel without name",
        ),
        pytest.param(
            override("{bodies: {local-board: {rounds: {deadline: 30}}}}"),
            f"{DAL}:9: overrides.bodies.local-board.rounds.deadline: the deadline 30 days before:"
            " expected a deadline after the opening 21 days before",
            id="a municipality's deadline before the template's opening",
        ),
        pytest.param(
            ("template.yaml", "kind: local_board", "kind: lead_network"),
            "template.yaml:18: bodies: nothing: expected one body of kind local_board with `per: municipality`",
            id="no local board",
        ),
        pytest.param(
            override('{bodies: {local-board: {rhythm: {starts: "09:00Z"}}}}'),
            f'{DAL}:9: overrides.bodies.local-board.rhythm.starts: 09:00Z: expected a local time such as "09:00"',
            id="a start in another zone",
        ),
        pytest.param(
            override("{places: {umbrella: {name: Vårt}}}"),
            f"{DAL}:9: overrides.places.umbrella: umbrella: expected one of: municipality",
            id="overriding another's place",
        ),
        pytest.param(
            ("calendar.yaml", "days_off:", "sending: {first: '16:00'}\ndays_off:"),
            "calendar.yaml:3: sending.last: 15:00:00: expected a time after `first` (16:00:00)",
            id="sending hours that end before they begin",
        ),
        pytest.param(
            ("programme.yaml", "  county:", "  timezone: Europe/Olso\n  county:"),
            "programme.yaml:7: programme.timezone: Europe/Olso: expected a time zone such as Europe/Oslo",
            id="no such time zone",
        ),
        pytest.param(
            (DAL, "work_package: dal-verksted}", "municipality: dal}"),
            f"{DAL}:8: assignments[2].role: work_package_lead: expected `work_package:` beside it, and no municipality",
            id="a package's role in a municipality",
        ),
        pytest.param(
            municipality("place: theirs"),
            f"{DAL}:1: municipality.place: theirs: expected `place_url:`, the address of their place",
            id="their place without its address",
        ),
        pytest.param(
            municipality("place_url: 'http://dal.example'"),
            f"{DAL}:1: municipality.place_url: http://dal.example: expected an address that starts with https://",
            id="an address anyone on the way can read",
        ),
        pytest.param(
            municipality(DATES),
            f"{DAL}:1: municipality.meeting_dates: meeting_dates: expected `meetings: theirs`: ours are planned, not"
            " given",
            id="dates given for meetings of ours",
        ),
        pytest.param(
            municipality("meetings: theirs, meeting_dates: ['2026-09-08T09:00+02:00']"),
            f"{DAL}:1: municipality.meeting_dates[0]: 2026-09-08 09:00:00+02:00:"
            " expected local wall time without an offset",
            id="their dates with an offset",
        ),
        pytest.param(
            municipality(f"meetings: theirs, {DATES}, meeting_feed: 'https://dal.example/styret.ics'"),
            f"{DAL}:1: municipality.meeting_feed: https://dal.example/styret.ics:"
            " expected either `meeting_dates:` or `meeting_feed:`",
            id="their dates given twice",
        ),
        pytest.param(
            (DAL, "      - {key: plasser, name: Plasser}\n", "      - {key: plasser, name: Plasser}\n" * 2),
            f"{DAL}:14: work_packages[dal-verksted].indicators[plasser].key: plasser:"
            " expected a key of its own within the work package",
            id="two indicators with one key",
        ),
        pytest.param(
            ("template.yaml", 'rhythm: {starts: "09:00"}', 'rhythm: {starts: "09:00", least_gap: 50}'),
            "template.yaml:26: bodies.local-board.rhythm.least_gap: gaps of 50, 42, 49, 77:"
            " expected 1 ≤ least_gap ≤ wanted_gap ≤ most_gap ≤ most_gap_over_summer",
            id="a rhythm no calendar can follow",
        ),
        pytest.param(
            ("template.yaml", "bodies:\n", TWO_OWNER_BOARDS),
            "template.yaml:20: bodies.flere: flere: expected one body of kind owner_board; eierne is it",
            id="two owner boards",
        ),
        pytest.param(
            ("template.yaml", "opens: 21, deadline: 10", "opens: 21, deadline: 10, release: 12"),
            "template.yaml:27: bodies.local-board.rounds.release: the release 12 days before:"
            " expected it after the deadline 10 days before",
            id="a release before the deadline",
        ),
        pytest.param(
            spent("year: 2025, spent: 1"),
            "programme.yaml:11: spending[0].year: 2025: expected one of the line's years 2026",
            id="money spent in a year that its line is not for",
        ),
        pytest.param(
            spent("year: 2026, spent: 1, municipality: dal"),
            "programme.yaml:11: spending[0].line: kurs: expected a line of this municipality",
            id="the programme's money spent by a municipality",
        ),
        pytest.param(
            ("calendar.yaml", "days_off:", "[en, to]: 3\ndays_off:"),
            "calendar.yaml:3: a key that is no text: expected a word",
            id="a list for a key",
        ),
        pytest.param(
            (DAL, "name: Plasser}", "name: Plasser, target: .inf}"),
            f"{DAL}:13: work_packages[dal-verksted].indicators[plasser].target: .inf: expected a number",
            id="a number without end",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, change: tuple[str, str, str], expected: str) -> None:
    assert expected in problems_of(changed(tmp_path, *change))


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    write(tmp_path, {DAL: FILES[DAL].replace("Dal,", "'',", 1), "calendar.yaml": "days_of: []\n"})
    write(tmp_path, {"people.yaml": FILES["people.yaml"].replace("leder@fylket.example", "leder")})

    assert len(problems_of(tmp_path)) == 3


def test_a_bad_slug_is_told_once_and_not_for_every_entry_of_its_municipality(tmp_path: Path) -> None:
    write(tmp_path, FILES | {DAL: FILES[DAL].replace("slug: dal", "slug: Dål", 1)})

    told = [problem for problem in problems_of(tmp_path) if "expected lower-case letters" in problem]
    assert len(told) == 1
    assert "municipality.slug: Dål" in told[0]


def test_one_mail_nickname_for_two_places_is_told_where_it_stands(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"municipalities/sor-a.yaml": ANOTHER})
    write(tmp_path, {"template.yaml": FILES["template.yaml"].replace("unge-{municipality}", "unge", 1)})

    told = [problem for problem in problems_of(tmp_path) if "mail_nickname" in problem]
    assert told == ["template.yaml:5: places.municipality.mail_nickname: unge: expected another than dal has"]


def test_a_file_that_cannot_be_read_does_not_hide_the_mistakes_of_others(tmp_path: Path) -> None:
    write(
        tmp_path, FILES | {"calendar.yaml": "a: [\n", "people.yaml": FILES["people.yaml"].replace("name:", "nam:", 1)}
    )

    assert [problem.split(":")[0] for problem in problems_of(tmp_path)] == [
        "calendar.yaml",
        "people.yaml",
        "people.yaml",
    ]


def test_an_unknown_file_is_a_mistake(tmp_path: Path) -> None:
    assert (
        "peple.yaml:1: peple.yaml: expected `people.yaml`?"
        in problems_of(write(tmp_path, FILES | {"peple.yaml": "a: 1\n"}))[0]
    )


def test_an_empty_folder_holds_no_programme(tmp_path: Path) -> None:
    assert "expected the folder of a programme" in problems_of(tmp_path)[0]


def test_files_that_are_no_yaml_are_no_documents(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"calendar\.yaml:1"):
        load_documents(write(tmp_path, FILES | {"calendar.yaml": "days_off: ]\n"}))


def test_documents_without_lines_name_the_path(tmp_path: Path) -> None:
    documents = json.loads(json.dumps(load_documents(write(tmp_path, FILES))))
    documents["people.yaml"]["people"][2]["email"] = "nobody"

    with pytest.raises(InvalidInput) as caught:
        programme_from(documents)

    assert str(caught.value) == "people.yaml: people[leder].email: nobody: expected an e-mail address"


@pytest.mark.parametrize(
    "document",
    [7, [], {"people": 7}, {"people": [7, None, {}]}, {"assignments": [{"role": {}, "person": []}]}],
    ids=["a number", "a list", "no list", "no entries", "no words"],
)
def test_documents_of_any_shape_are_refused_in_words(tmp_path: Path, document: object) -> None:
    documents = load_documents(write(tmp_path, FILES))

    with pytest.raises(InvalidInput):
        programme_from(documents | {"people.yaml": document, DAL: document})


def test_an_alias_is_refused(tmp_path: Path) -> None:
    folder = changed(tmp_path, "calendar.yaml", "[2026-12-24]", "&days [*days]")

    assert problems_of(folder)[0] == "calendar.yaml:3: days_off[0]: an alias: expected the value written out"


def test_a_new_municipality_is_one_more_file(tmp_path: Path) -> None:
    programme = load_programme(write(tmp_path, FILES | {"municipalities/sor-a.yaml": ANOTHER}))
    place = programme.find_place("sor-a-og-ovre-sjo")
    board = programme.local_board("sor-a-og-ovre-sjo")

    assert place is not None
    assert (place.name, place.mail_nickname) == ("Unge Sør-Å og Øvre Sjø", "unge-sor-a-og-ovre-sjo")
    assert place.unique_name == "unge-sor-a-og-ovre-sjo"
    assert [channel.name for channel in place.channels] == ["Rådslaget", "{work_package}"]
    assert (place.layers["channels.board.name"], place.layers["name"]) == ("municipality", "template")
    assert board.name == "Styret i Sør-Å og Øvre Sjø"
    assert board.rhythm is not None
    assert board.rhythm.starts == time(12, 30)
    assert programme.local_board("dal").rhythm != board.rhythm


def test_a_mistake_of_the_template_is_told_once_and_one_of_a_municipality_beside_it(tmp_path: Path) -> None:
    template = FILES["template.yaml"].replace('rhythm: {starts: "09:00"}', "rhythm: {starts: nine}", 1)
    taken_out = ANOTHER.replace("{key: board, name: Rådslaget}", "{key: none, remove: true}", 1)
    files = FILES | {"template.yaml": template, "municipalities/sor-a.yaml": taken_out}

    problems = problems_of(write(tmp_path, files))

    assert [problem.partition(": expected")[0] for problem in problems] == [
        "template.yaml:26: bodies.local-board.rhythm.starts: nine",
        "municipalities/sor-a.yaml:17: overrides.places.municipality.channels[none]: remove",
    ]


def test_the_county_layer_lies_between(tmp_path: Path) -> None:
    county = "overrides: {bodies: {local-board: {location: Rådhuset, rhythm: {starts: '10:00', minutes: 60}}}}\n"
    files = FILES | {"county.yaml": county, "municipalities/sor-a.yaml": ANOTHER}
    programme = load_programme(write(tmp_path, files))

    rhythms = [body.rhythm for body in programme.bodies]

    assert [(rhythm.starts, rhythm.minutes) for rhythm in rhythms if rhythm] == [(time(10), 60), (time(12, 30), 60)]
    assert {body.location for body in programme.bodies} == {"Rådhuset"}


def test_a_municipality_changes_the_agenda_item_by_item(tmp_path: Path) -> None:
    template = FILES["template.yaml"].replace(
        "    kind: local_board\n",
        "    kind: local_board\n    agenda:\n"
        "      - {key: opening, title: Godkjenning av saksliste, order: 10}\n"
        "      - {key: any-other, title: Eventuelt, order: 90}\n",
        1,
    )
    assert template != FILES["template.yaml"]
    changes = "[{key: opening, title: Velkommen}, {key: any-other, remove: true}, {key: economy, title: Økonomi}]"
    _, old, new = override(f"{{bodies: {{local-board: {{agenda: {changes}}}}}}}")
    files = FILES | {"template.yaml": template, DAL: FILES[DAL].replace(old, new, 1)}
    programme = load_programme(write(tmp_path, files))

    agenda = programme.local_board("dal").agenda

    assert [(entry.key, entry.title, entry.order) for entry in agenda] == [
        ("opening", "Velkommen", 10),
        ("economy", "Økonomi", 50),
    ]


def test_a_board_has_everybody_once_the_chair_first(tmp_path: Path) -> None:
    files = FILES | {
        DAL: FILES[DAL].replace("work_packages:", "  - {person: sjef, role: board_member}\nwork_packages:")
    }
    programme = load_programme(write(tmp_path, files))

    people = programme.board_people(programme.local_board("dal"), TODAY)

    assert [(person.key, required) for person, required in people] == [
        ("sjef", True),
        ("lokal", True),
        ("leder", False),
    ]


def test_a_place_has_its_people_and_its_owners_beside(tmp_path: Path) -> None:
    files = FILES | {"municipalities/sor-a.yaml": ANOTHER}
    programme = load_programme(write(tmp_path, files))
    place = programme.find_place("dal")

    assert place is not None
    assert [person.key for person in programme.place_people(place, TODAY)] == ["sjef", "lokal", "leder"]
    assert [person.key for person in programme.owners(place, TODAY)] == ["eier-1", "eier-2"]
    assert [programme.is_guest(person) for person in programme.place_people(place, TODAY)] == [True, True, False]


def test_who_has_left_belongs_no_more(tmp_path: Path) -> None:
    leaving = "  - {person: lokal, role: local_lead, until: 2026-08-31}"
    files = FILES | {DAL: FILES[DAL].replace("  - {person: lokal, role: local_lead}", leaving)}
    programme = load_programme(write(tmp_path, files))

    assert programme.holders(Role.LOCAL_LEAD, on=date(2026, 8, 31), municipality="dal")
    assert "lokal" not in [person.key for person, _ in programme.board_people(programme.local_board("dal"), TODAY)]


@pytest.mark.parametrize(
    ("old", "written", "told"),
    [
        pytest.param(
            "{key: board, name: Styret}",
            '{key: board, name: "Styret i {municipality}"}',
            f"{DAL}:1: municipality.name: Styret i {'D' * 45}: expected a channel name Teams takes: {CHANNELS}",
            id="the municipality's, for a channel",
        ),
        pytest.param(
            "    landing_title",
            '    folders: ["{municipality}: referater"]\n    landing_title',
            "template.yaml:16: places.municipality.folders: "
            f'{"D" * 45}: referater: expected a folder name without " * : < > ? \\ |',
            id="nobody's, when the template's own text is wrong",
        ),
    ],
)
def test_a_name_that_does_not_fit_is_told_where_somebody_wrote_it(
    tmp_path: Path, old: str, written: str, told: str
) -> None:
    """The template is right for every other municipality: its line would be the wrong one to look at."""
    local = FILES[DAL].replace("name: Dal", f"name: {'D' * 45}", 1)
    folder = changed(tmp_path, "template.yaml", old, written)

    assert problems_of(write(folder, {DAL: local})) == [told]
