"""Whatever is sent to the bot: nothing changes that should not, and nothing breaks. The form: test_hostile_form.

The bot's endpoint stands here whole, signature check included, over a real database; so does the answer form.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from config.values import Assignment, Person, Role
from integration.database import register_tables, tables
from integration.database.connection import Database
from tests.integration.test_bot_endpoint import BOT, FORGED, SERVICE, TENANT, activity, metadata_url, token
from tests.support.doors import doors as doors_of
from tests.workflows.status.rounds import GUEST, HOME, MEETING, PUBLIC, World
from tests.workflows.status.test_rounds import DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from web.bot import routes as bot
from workflows.ports.accounts import Account, AccountKind
from workflows.status.model import AnswerContent
from workflows.status.plan import request_id

__all__ = ["metadata_url"]

REQUEST = request_id(MEETING, HOME)
OTHERS = request_id(MEETING, GUEST)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
RECORD = (
    register_tables.register,
    tables.status_round,
    tables.status_request,
    tables.status_answer,
    tables.escalation,
    tables.link,
    tables.conversation,
    tables.meeting,
)

NASTY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        [
            "",
            "\x00",
            "\u202e\u2066\ufeff",
            "' or 1=1 --",
            "{{ 7*7 }}",
            "<at>Alle</at>",
            "../../etc",
            "https://[",
            "å" * 2000,
            "\N{SMILING FACE WITH OPEN MOUTH}" * 2000,
            10**400,
            1e308,
            REQUEST,
            OTHERS,
        ]
    )
    | st.lists(st.text(max_size=3), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=5), max_size=3)
)
FIELDS = st.sampled_from(
    [
        "request_id",
        "light",
        "done",
        "next",
        "hinders",
        "question",
        "proposal",
        "unchanged",
        "numbers_asked",
        "confirmed",
        "seen",
        "indicator:plasser",
        "indicator:andre",
        "indicator:",
        "msteams",
        "__proto__",
    ]
)
DATA = st.dictionaries(FIELDS | st.text(max_size=10), NASTY, max_size=8)
PLACES = st.sampled_from(
    [
        ("channelId",),
        ("serviceUrl",),
        ("channelData", "tenant", "id"),
        ("conversation", "tenantId"),
        ("id",),
        ("text",),
        ("from",),
        ("from", "name"),
        ("conversation", "id"),
        ("conversation", "conversationType"),
        ("channelData", "team"),
        ("replyToId",),
        ("name",),
        ("action",),
        ("value",),
        ("value", "trigger"),
        ("value", "action"),
        ("value", "action", "verb"),
        ("value", "action", "data"),
        ("membersAdded",),
    ]
)
KINDS = st.sampled_from(
    ["message", "invoke", "installationUpdate", "conversationUpdate", "typing", "endOfConversation"]
)


class Doors:
    """The service's two public doors over one world."""

    def __init__(self, world: World, keys: str) -> None:
        self.world = world
        app = doors_of(world, bot_id=BOT, tenant_id=TENANT, service_url=SERVICE, metadata_url=keys)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)

    async def teams(self, body: object, bearer: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}", "content-type": "application/json"}
        return await self._client.post("/api/messages", content=json.dumps(body), headers=headers)

    async def form(self, path: str, body: bytes) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return await self._client.post(path, content=body, headers=headers)

    async def record(self) -> list[list[tuple[Any, ...]]]:
        """Everything that is kept but what the bot says and who asked it."""
        async with self.world.database.read() as connection:
            # That a link was used is noted whoever uses it, and for whatever.
            kept = [[column for column in table.columns if column is not tables.link.c.used_at] for table in RECORD]
            return [[tuple(row) for row in (await connection.execute(select(*columns))).all()] for columns in kept]

    async def stored(self) -> AnswerContent | None:
        found = (await self.world.store.newest_answers([REQUEST])).get(REQUEST)
        return found.content if found else None


@pytest.fixture
async def doors(database: Database, metadata_url: str) -> Doors:
    return await open_doors(database, metadata_url)


async def open_doors(database: Database, keys: str) -> Doors:
    """A round has begun; the county has a local lead of another municipality as well."""
    world = World(database)
    small = world.programme
    elsewhere = Person(key="other-lead", name="Leder B-vik", email="other@county.example", organisation="county")
    leads = (*small.assignments, Assignment(person="other-lead", role=Role.LOCAL_LEAD, municipality="b-vik"))
    world.programme = small.model_copy(update={"people": (*small.people, elsewhere), "assignments": leads})
    world.accounts.accounts.append(Account(id="other-id", email=elsewhere.email, kind=AccountKind.MEMBER))
    await world.open()
    return Doors(world, keys)


def pressed(who: str, data: object, verb: object = "answer_status") -> dict[str, Any]:
    return activity(
        type="invoke",
        name="adaptiveCard/action",
        replyToId="card1",
        value={"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"},
        **{"from": {"id": "29:x", "aadObjectId": who}},
    )


def changed(body: Mapping[str, Any], changes: Mapping[tuple[str, ...], object]) -> dict[str, Any]:
    """*body* with other values at some of its places, as far as those are there."""
    spoiled: dict[str, Any] = copy.deepcopy(dict(body))
    for (*way, last), value in changes.items():
        part: Any = spoiled
        for name in way:
            part = part.get(name) if isinstance(part, dict) else None
        if isinstance(part, dict):
            part[last] = value
    return spoiled


def assert_polite(response: httpx.Response) -> None:
    # What we do not know, we say so.
    assert response.status_code < 500 or response.status_code == 501, response.text
    if response.status_code == 200 and response.content and "json" in response.headers.get("content-type", ""):
        assert response.json().get("statusCode") != 500, response.text


# ----------------------------------------------------------------------------------------------------- what Teams sends


@FEW
@given(data=DATA, changes=st.dictionaries(PLACES, NASTY, max_size=3), kind=KINDS)
@pytest.mark.parametrize(
    "bearer",
    [
        pytest.param(token(FORGED), id="forged"),
        pytest.param(token(exp=1_000_000), id="expired"),
        pytest.param(token(aud="another"), id="another audience"),
    ],
)
async def test_without_a_token_of_teams_nothing_gets_in(
    doors: Doors, bearer: str, data: dict[str, Any], changes: dict[tuple[str, ...], object], kind: str
) -> None:
    before = await doors.record()

    response = await doors.teams(changed({**pressed("home-id", data), "type": kind}, changes), bearer)

    assert response.status_code in (400, 401, 403)
    assert await doors.record() == before


@FEW
@given(data=DATA, changes=st.dictionaries(PLACES, NASTY, max_size=3), kind=KINDS)
@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param({("channelData", "tenant", "id"): "another"}, id="another tenant"),
        pytest.param({("conversation", "tenantId"): "another"}, id="a conversation of another tenant"),
        pytest.param({("channelData",): None, ("conversation", "tenantId"): None}, id="no tenant"),
        pytest.param({("channelId",): "webchat"}, id="another channel"),
        pytest.param({("serviceUrl",): "https://elsewhere.example/teams"}, id="another service"),
        pytest.param({("serviceUrl",): None}, id="no service"),
    ],
)
async def test_what_is_not_from_our_tenant_in_teams_gets_nowhere_with_the_best_of_tokens(
    doors: Doors,
    foreign: dict[tuple[str, ...], object],
    data: dict[str, Any],
    changes: dict[tuple[str, ...], object],
    kind: str,
) -> None:
    before = await doors.record()
    data = {**data, "request_id": REQUEST, "light": "green"}

    body = changed(changed({**pressed("home-id", data), "type": kind}, changes), foreign)

    assert (await doors.teams(body, token())).status_code in (400, 403)
    assert await doors.record() == before


@FEW
@given(data=DATA, changes=st.dictionaries(PLACES, NASTY, max_size=3), kind=KINDS)
@pytest.mark.parametrize("who", ["stranger-id", "guest-id", "other-id", "nobody", ""])
async def test_who_may_not_answer_changes_nothing_whatever_they_send(
    doors: Doors, who: str, data: dict[str, Any], changes: dict[tuple[str, ...], object], kind: str
) -> None:
    before = (await doors.record())[:-2]
    data = {**data, "request_id": REQUEST, "light": "green"}

    assert_polite(await doors.teams(changed({**pressed(who, data), "type": kind}, changes), token()))

    # Their own chat with the bot may be remembered; nothing else is.
    assert (await doors.record())[:-2] == before


@FEW
@given(data=DATA, changes=st.dictionaries(PLACES, NASTY, max_size=3), kind=KINDS)
async def test_what_the_lead_sends_is_an_answer_or_changes_nothing(
    doors: Doors, data: dict[str, Any], changes: dict[tuple[str, ...], object], kind: str
) -> None:
    before = await doors.world.store.newest_answers([OTHERS])

    body = changed({**pressed("home-id", {**data, "request_id": REQUEST}), "type": kind}, changes)
    assert_polite(await doors.teams(body, token()))

    assert await doors.world.store.newest_answers([OTHERS]) == before
    content = await doors.stored()
    if content is not None:
        assert AnswerContent.from_data(content.to_data()) == content
        assert max(map(len, (content.done, content.next, content.hinders, content.question))) <= 1000


async def test_the_same_press_replayed_is_one_answer(doors: Doors) -> None:
    body = pressed("home-id", {"request_id": REQUEST, "light": "green", "done": "Mye"})
    first = await doors.teams(body, token())
    record = await doors.record()

    for _ in range(3):
        assert (await doors.teams(body, token())).json() == first.json()
    assert await doors.record() == record


async def test_an_answer_replayed_after_a_correction_changes_nothing(doors: Doors) -> None:
    data = {"request_id": REQUEST, "light": "green"}
    old = pressed("home-id", {**data, "seen": 0, "done": "Først"})
    await doors.teams(old, token())
    await doors.teams(pressed("home-id", {**data, "seen": 1, "done": "Rettet"}), token())
    record = await doors.record()

    for _ in range(3):
        assert "Du har alt svart" in (await doors.teams(old, token())).text
    assert await doors.record() == record
    content = await doors.stored()
    assert content is not None
    assert content.done == "Rettet"


@pytest.mark.parametrize("verb", ["answer_status", "open_status", "delete", "", None, 7, ["answer_status"]])
@pytest.mark.parametrize("who", ["other-id", "stranger-id"])
async def test_another_municipality_s_lead_sees_and_changes_nothing(doors: Doors, who: str, verb: object) -> None:
    await doors.world.answer(HOME, "home-lead", done="Bare for oss")
    before = await doors.record()

    response = await doors.teams(pressed(who, {"request_id": REQUEST, "light": "red"}, verb), token())

    assert_polite(response)
    assert "Bare for oss" not in response.text
    assert await doors.record() == before


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        pytest.param("home-id", ["Input.ChoiceSet"], id="the lead"),
        pytest.param("stranger-id", ["Det er lederen av arbeidspakken som gir status her"], id="somebody else"),
        pytest.param("nobody", [], id="nobody we know"),
    ],
)
async def test_a_client_that_shows_no_replies_gets_the_reply_in_its_chat_once(
    doors: Doors, who: str, shown: list[str]
) -> None:
    value = {"verb": "open_status", "request_id": REQUEST}
    body = activity(text=None, value=value, **{"from": {"id": "29:x", "aadObjectId": who}})
    for _ in range(2):
        assert (await doors.teams(body, token())).status_code == 200

    messages = await doors.world.messages.list_messages(kind="bot_reply")
    assert len(messages) == len(shown)
    assert all(words in str(message.content.card) for words, message in zip(shown, messages, strict=True))


async def submitted(doors: Doors, **fields: str) -> list[str]:
    """Return the reply in the lead's chat after a press in a client that falls back to Action.Submit."""
    value = {"verb": "answer_status", "request_id": REQUEST, **fields}
    body = activity(text=None, value=value, **{"from": {"id": "29:x", "aadObjectId": "home-id"}})
    for _ in range(2):
        assert (await doors.teams(body, token())).status_code == 200
    return [str(message.content.card) for message in await doors.world.messages.list_messages(kind="bot_reply")]


async def test_a_client_that_shows_no_replies_is_told_what_is_wrong_without_storing_it(doors: Doors) -> None:
    [told] = await submitted(doors, done=f"Ring {NUMBER} nå")

    assert "«Hvordan går arbeidet?» Velg hvordan arbeidet går." in told
    assert "«Hva har dere fått til siden sist?» Teksten ser ut til å inneholde et fødselsnummer." in told
    assert "'verb': 'open_status'" in told


async def test_a_client_that_shows_no_replies_is_told_that_it_is_stored(doors: Doors) -> None:
    [told] = await submitted(doors, light="green")

    assert "Takk! Statusen er lagret. Du kan endre den fram til fredag 6. november 2026 kl. 15.00." in told
    assert "open_status" not in told


async def test_a_client_that_shows_no_replies_is_told_that_the_round_is_over(doors: Doors) -> None:
    doors.world.clock.time = DEADLINE

    [told] = await submitted(doors, light="green")

    assert "Statusrunden er avsluttet" in told


async def test_a_huge_activity_is_refused(doors: Doors) -> None:
    response = await doors.teams(pressed("home-id", {"request_id": REQUEST, "done": "x" * bot.MAX_BODY}), token())

    assert response.status_code == 413
