"""Governance papers: complete, made of the installation, and different when it is."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from pydantic import TypeAdapter

from config.retention import RetentionKind, RetentionRule
from config.values import Assignment, Meetings, Role
from documents.document import Bullets, Document, Paragraph, Picture, Table
from documents.standalone_page import standalone_page
from documents.word import word_file
from tests.workflows.governance.installations import PROGRAMME, installation
from workflows.governance.model import GrantedPermission, Installation, PackageComponent, ServicePart
from workflows.governance.papers import BILL, OVERVIEW, TO_FILL_IN, governance_papers, paper_names, put_papers
from workflows.governance.parts import ROOMS
from workflows.governance.values import ENDED_BY, FINGERPRINT_LENGTH, fingerprint, read_words
from workflows.privacy.model import Holds, RecordKind, TableRule

STRIDE = {"spoofing", "tampering", "repudiation", "information", "denial", "elevation"}


def words_of(document: Document) -> str:
    """Return everything that a paper says, but for the fingerprint of its configuration."""
    blocks = [*document.lead, *(block for section in document.sections for block in section.blocks)]
    said = [document.title, *(section.heading for section in document.sections)]
    for block in blocks:
        match block:
            case Paragraph():
                said.append(re.sub(r"kjennetegn \w+", "", block.text))
            case Bullets():
                said += block.items
            case Table():
                said += [*block.headers, *(cell.text for row in block.rows for cell in row)]
            case Picture():
                said += [block.words, block.svg]
    return "\n".join(said)


def papers(given: Installation) -> Mapping[str, str]:
    return {paper.name: words_of(paper.document) for paper in governance_papers(given)}


def changed_by(other: Installation) -> set[str]:
    """Return the names of the papers that say something else for *other* than for the installation as it is."""
    after = papers(other)
    return {name for name, said in as_it_is().items() if after[name] != said}


def put_all(given: Installation) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    put_papers(
        given,
        files.__setitem__,
        make_page=lambda document, links: standalone_page(document, links=links),
        make_word=lambda document, at, mark: word_file(document, created_at=at, mark=mark),
    )
    return files


@cache
def as_it_is() -> Mapping[str, str]:
    return papers(installation())


@cache
def files_as_it_is() -> Mapping[str, bytes]:
    return put_all(installation())


def test_the_fingerprint_is_that_of_the_whole_installation_in_one_piece() -> None:
    """It is made entry by entry, and says the same as when a country's programme had to stand in memory twice."""
    given = installation()
    whole = {name: getattr(given, name) for name in Installation.__dataclass_fields__}

    written = json.dumps(
        whole,
        sort_keys=True,
        ensure_ascii=False,
        default=lambda value: TypeAdapter(Any).dump_python(value, mode="json"),
    )

    assert fingerprint(given) == hashlib.sha256(written.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def test_the_fingerprint_tells_of_one_other_day_off() -> None:
    other = PROGRAMME.model_copy(update={"days_off": (date(2027, 1, 4),)})

    assert fingerprint(installation(programme=other)) != fingerprint(installation())


def test_every_paper_is_there_as_page_and_word_with_a_page_that_leads_to_them() -> None:
    files = files_as_it_is()

    named = {f"{name}.{ending}" for name in paper_names() for ending in ("html", "docx")}
    assert files.keys() == named | {BILL, OVERVIEW}
    assert len(paper_names()) == 12
    overview = files[OVERVIEW].decode()
    assert all(f'href="{name}"' in overview for name in named | {BILL})


def test_the_same_installation_makes_the_same_bytes() -> None:
    assert put_all(installation()) == files_as_it_is()


def test_papers_say_where_the_county_fills_in_and_the_overview_counts_it() -> None:
    made = {paper.name: paper for paper in governance_papers(installation())}

    assert made["02-risikoanalyse"].open_fields == 4
    assert made["08-dataflyt"].open_fields == 0
    overview = files_as_it_is()[OVERVIEW].decode()
    assert "Risikoanalyse (4 felt å fylle ut)" in overview
    assert "Dataflyt (ingenting å fylle ut)" in overview


def test_no_paper_leaves_anything_but_those_fields_empty() -> None:
    for paper in governance_papers(installation()):
        blocks = [*paper.document.lead, *(block for part in paper.document.sections for block in part.blocks)]
        tables = [block for block in blocks if isinstance(block, Table)]
        said = words_of(paper.document)
        assert tables, paper.name
        assert not [row for table in tables for row in table.rows if not all(cell.words.strip() for cell in row)]
        assert not re.search(r"[{}]|\bNone\b|\bFalse\b|\bTrue\b", said.replace("{token}", "")), paper.name
        assert said.count(TO_FILL_IN) == paper.open_fields, paper.name


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"database": "postgresql"}, {"02-risikoanalyse", "12-stotte-og-avslutning"}, id="database"),
        pytest.param({"allowed_recipients": 2}, {"02-risikoanalyse"}, id="allow-list"),
        pytest.param({"is_sandboxed": False}, {"02-risikoanalyse"}, id="tenant"),
        pytest.param({"is_sandboxed": False, "names_tenant": False}, {"02-risikoanalyse"}, id="no tenant"),
        pytest.param({"has_queue": True}, {"07-trusselmodell", "08-dataflyt"}, id="queue"),
        pytest.param({"signs_in_with_ansattporten": True}, {"03-behandlingsprotokoll", "08-dataflyt"}, id="sign-in"),
        pytest.param({"signs_in_with_entra": False}, {"05-databehandleravtale", "07-trusselmodell"}, id="no sign-in"),
        pytest.param({"has_research": True}, {"01-personvernvurdering", "08-dataflyt"}, id="research"),
        pytest.param({"has_insights": True}, {"08-dataflyt"}, id="telemetry"),
        pytest.param({"archive_owner": "Byarkivet"}, {"03-behandlingsprotokoll"}, id="archive"),
        pytest.param({"statement_url": "https://uustatus.no/1"}, {"09-universell-utforming"}, id="statement"),
    ],
)
def test_a_setting_changes_the_papers_that_tell_of_it(changes: Mapping[str, Any], expected: set[str]) -> None:
    assert expected <= changed_by(installation(**changes))


def test_a_role_changes_the_screening() -> None:
    more = Assignment(person=PROGRAMME.people[0].key, role=Role.YOUTH_PANEL_COORDINATOR)
    programme = PROGRAMME.model_copy(update={"assignments": (*PROGRAMME.assignments, more)})

    assert "01-personvernvurdering" in changed_by(installation(programme=programme))


def test_a_rule_of_retention_changes_the_plan_and_the_record_of_processing() -> None:
    rule = RetentionRule(kind=RetentionKind.PEOPLE, days=999, reason="Fylkesrådmannen sier det.")
    programme = PROGRAMME.model_copy(update={"retention": (rule,)})

    made = papers(installation(programme=programme))

    assert "Fylkesrådmannen sier det." in made["06-sletteplan"]
    assert "999 dager etter dagen siste rolle tok slutt" in made["03-behandlingsprotokoll"]
    assert "Uten regel, og derfor bevart: innlogginger" in made["06-sletteplan"]
    assert "har ingen regel for sletting ennå" in made["01-personvernvurdering"]


def test_without_a_rule_of_retention_the_plan_says_that_all_is_kept() -> None:
    programme = PROGRAMME.model_copy(update={"retention": ()})

    assert "Alt bevares til fylkeskommunen setter dem" in papers(installation(programme=programme))["06-sletteplan"]


def test_every_kind_of_rule_says_what_it_ends_and_from_when() -> None:
    counted = read_words("words.yaml")["counted_from"]
    rules = tuple(RetentionRule(kind=kind, days=777, reason="Fordi.") for kind in RetentionKind)
    made = papers(installation(programme=PROGRAMME.model_copy(update={"retention": rules})))

    assert not [kind for kind in RetentionKind if kind not in ENDED_BY or kind not in counted]
    assert made["06-sletteplan"].count("777\n") == len(RetentionKind)
    assert "Uten regel" not in made["06-sletteplan"]


def test_a_domain_and_a_signed_agreement_stand_in_the_papers_about_parties() -> None:
    organisations = [
        item.model_copy(update={"domain": "nytt.example"}) if item.key == "nav" else item
        for item in PROGRAMME.organisations
    ]
    partners = [
        item.model_copy(update={"signed_on": PROGRAMME.first_day}) if item.organisation == "nav" else item
        for item in PROGRAMME.partners
    ]
    changes = {"organisations": tuple(organisations), "partners": tuple(partners)}
    made = papers(installation(programme=PROGRAMME.model_copy(update=changes)))

    assert "nytt.example" in made["02-risikoanalyse"]
    assert "nytt.example" in made["03-behandlingsprotokoll"]
    assert "signert 1. januar 2025" in made["04-felles-behandlingsansvar"]


def test_a_calendar_that_is_read_stands_in_the_data_flow() -> None:
    first, *others = PROGRAMME.municipalities
    reading = first.model_copy(update={"meetings": Meetings.THEIRS, "meeting_feed": "https://kommune.example/k.ics"})
    programme = PROGRAMME.model_copy(update={"municipalities": (reading, *others)})

    assert "Kommunenes kalendere" in papers(installation(programme=programme))["08-dataflyt"]
    assert "Kommunenes kalendere" not in papers(installation())["08-dataflyt"]


def test_a_table_of_the_record_stands_in_the_record_of_processing() -> None:
    table = TableRule(table="some_new_table", kind=RecordKind.MESSAGES, columns={"content": Holds.WORDS})

    made = papers(installation(tables={"some_new_table": table}))["03-behandlingsprotokoll"]

    assert "some new table\ntekst folk har skrevet" in made


def test_the_threat_model_has_the_permissions_and_addresses_of_the_code() -> None:
    identities = {"door": (), "hands": (GrantedPermission(name="Some.New.Permission", reason=""),), "robot": ()}

    made = papers(installation(identities=identities, open_routes={"/ny-side": "New."}))["07-trusselmodell"]

    assert "Some.New.Permission" in made
    assert "robot" in made
    assert "/ny-side" in made


def test_a_room_that_belongs_to_no_part_is_named_as_not_judged() -> None:
    assert "integration/fax" in papers(installation(rooms=("integration/fax",)))["07-trusselmodell"]
    assert "ikke er vurdert" not in papers(installation())["07-trusselmodell"]


def test_a_package_stands_in_the_list_of_software() -> None:
    component = PackageComponent(ecosystem="pypi", name="en-pakke", version="7.0", licence="")

    made = papers(installation(components=(component,)))["11-programvare"]

    assert "en-pakke\n7.0\nikke oppgitt\npypi" in made


def test_what_is_new_in_wcag_2_2_is_marked() -> None:
    assert "(nytt i 2.2)" in papers(installation())["09-universell-utforming"]


def test_every_part_is_asked_all_six_questions_and_answered_with_a_principle() -> None:
    threats, groups = read_words("threats.yaml"), read_words("principles.yaml")
    principles = {number for group in groups.values() for number in group["principles"]}

    assert set(threats) == set(read_words("parts.yaml")) == {part.value for part in ServicePart} == set(ROOMS)
    assert len(principles) == 21
    for part, asked in threats.items():
        assert asked.keys() == STRIDE, part
        assert {each for threat in asked.values() for each in threat["nsm"].split(", ")} <= principles
