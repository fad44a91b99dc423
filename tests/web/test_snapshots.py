"""The form and the mails as they were reviewed, in every language, for full, sparse and hostile data.

With UPDATE_SNAPSHOTS=1 the files are written anew, to be read in the difference.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

import texts
from config.programme import Programme
from config.values import Indicator
from integration.database.connection import Database
from tests.web.status.test_answer import Browser
from tests.workflows.status.rounds import GUEST, MEETING, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.status.model import TEXT_FIELDS, OpenDecision
from workflows.status.plan import request_id

SNAPSHOTS = Path(__file__).parent / "snapshots"
REQUEST = request_id(MEETING, GUEST)
HOSTILE = (
    '"}]<script>alert(1)</script><img src=x onerror=y> {{ 7*7 }} {% raw %} [lenke](https://elsewhere.example) **fet** '
    "</textarea></title>&amp; \u202esnudd"
)
# The register refuses signs that nobody sees; what people write may hold them.
NAMED = HOSTILE.replace("\u202e", "")
KINDS = ("full", "sparse", "hostile")


def spoken(programme: Programme, language: str, kind: str) -> Programme:
    """The guest lead's language, and how much there is to say of their package."""
    person: dict[str, Any] = {"language": language}
    package: dict[str, Any] = {"indicators": ()}
    if kind == "full":
        person["first_name"] = "Leder"
        indicator = Indicator(key="plasser", name="Praksisplasser", unit="antall", baseline=12.5, target=40)
        package["indicators"] = (indicator,)
    if kind == "hostile":
        person |= {"name": HOSTILE, "first_name": HOSTILE}
        package = {"name": HOSTILE, "indicators": (Indicator(key="plasser", name=NAMED, unit=NAMED),)}
    people = (item.model_copy(update=person) if item.key == "guest-lead" else item for item in programme.people)
    packages = (item.model_copy(update=package) if item.key == GUEST else item for item in programme.work_packages)
    return programme.model_copy(update={"people": tuple(people), "work_packages": tuple(packages)})


@pytest.fixture(params=[(language, kind) for language in texts.languages() for kind in KINDS], ids="-".join)
async def told(request: pytest.FixtureRequest, database: Database) -> tuple[World, str, str]:
    language, kind = request.param
    world = World(database)
    await tell(world, language, kind)
    return world, language, kind


async def tell(world: World, language: str, kind: str) -> None:
    """Open a round with as much to say as *kind* has."""
    world.programme = spoken(world.programme, language, kind)
    words = {"full": ["Skolene får en felles kontaktperson."], "sparse": [], "hostile": [HOSTILE]}[kind]
    world.decisions.open[GUEST] = [OpenDecision(key="a-dal/2026/12", text=text) for text in words]
    await world.open()


def fields_of(world: World, kind: str) -> dict[str, str]:
    """Return the fields written in the form, the light aside."""
    written = {"full": "Vi har fått på plass én avtale.", "sparse": "", "hostile": HOSTILE}[kind]
    fields = dict.fromkeys(TEXT_FIELDS, written)
    if world.decisions.open[GUEST]:
        fields["decision:a-dal/2026/12"] = written
    return fields | ({} if kind == "sparse" else {"indicator:plasser": "12,5"})


def assert_reviewed(name: str, language: str, kind: str, content: str) -> None:
    path = SNAPSHOTS / language / f"{name}.{kind}.html"
    text = re.sub(r"/svar/[\w.\-]+", "/svar/LINK", content)
    # Addresses of style sheets change with their content.
    text = re.sub(r"\?v=[0-9a-f]{12}", "", text)
    text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")

    assert f'lang="{language}"' in text
    assert "<script" not in text
    assert "<img" not in text
    assert text == path.read_text(encoding="utf-8")


async def test_the_form_and_its_receipt_look_as_they_were_reviewed(told: tuple[World, str, str]) -> None:
    world, language, kind = told
    browser = Browser(world, await world.links.issue("answer", REQUEST, "guest-lead", DEADLINE + DAY))
    fields = fields_of(world, kind)
    wrong = {**fields, "light": "", "indicator:plasser": "mange"} if kind != "sparse" else fields

    pages = [
        await browser.get(),
        await browser.post(wrong),
        await browser.post({"light": "yellow", **fields}),
        await browser.get(),
    ]
    world.clock.time = DEADLINE
    pages.append(await browser.get())

    assert [page.status_code for page in pages] == [200, 422, 200, 200, 410]
    for name, page in zip(("form", "form_wrong", "receipt", "form_correcting", "over"), pages, strict=True):
        assert_reviewed(name, language, kind, page.text)


async def test_the_mails_look_as_they_were_reviewed(told: tuple[World, str, str]) -> None:
    world, language, kind = told
    await world.run("status.send")
    world.clock.time = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
    await world.run("status.remind", f"{MEETING}/1")
    await world.move_meeting(STARTS + timedelta(days=7))
    await world.run("status.moved")

    mails = world.mailer.to("guest.lead@nav.example")

    assert [mail.key.partition("/")[0] for mail in mails] == ["status_request", "reminder", "moved"]
    for mail in mails:
        assert_reviewed(
            f"mail_{mail.key.partition('/')[0]}", language, kind, f"<!-- {escape(mail.subject)} -->\n{mail.html}"
        )
