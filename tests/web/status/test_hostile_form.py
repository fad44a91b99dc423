"""Whatever is sent to the answer form: nothing changes that should not, and nothing breaks."""

from typing import get_args
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.test_bot_endpoint import metadata_url
from tests.web.test_hostile import FEW, FIELDS, OTHERS, REQUEST, Doors, doors
from tests.workflows.status.test_rounds import DAY, DEADLINE
from web.status import answer
from workflows.ports.links import LinkPurpose

__all__ = ["doors", "metadata_url"]


@FEW
@given(name=st.text(min_size=1, max_size=60), body=st.binary(max_size=200))
async def test_a_made_up_link_leads_nowhere(doors: Doors, name: str, body: bytes) -> None:
    before = await doors.record()

    response = await doors.form(f"/svar/{quote(name, safe='', errors='replace')}", body)

    assert response.status_code in (400, 404, 405, 307)
    assert await doors.record() == before


@FEW
@given(data=st.integers(min_value=0, max_value=60), char=st.characters(min_codepoint=33, max_codepoint=126))
async def test_a_link_with_one_letter_changed_leads_nowhere(doors: Doors, data: int, char: str) -> None:
    right = await doors.world.links.issue("answer", REQUEST, "home-lead", DEADLINE + DAY)
    place = data % len(right)
    wrong = right[:place] + char + right[place + 1 :]
    if wrong == right:
        return
    before = await doors.record()

    response = await doors.form(f"/svar/{quote(wrong, safe='')}", urlencode({"light": "green"}).encode())

    assert response.status_code == 404
    assert await doors.record() == before


@FEW
@given(
    fields=st.dictionaries(FIELDS | st.text(max_size=10), st.text(st.characters(exclude_categories=["Cs"]))),
    rest=st.binary(max_size=50),
)
async def test_whatever_a_form_sends_is_an_answer_or_changes_nothing(
    doors: Doors, fields: dict[str, str], rest: bytes
) -> None:
    path = f"/svar/{await doors.world.links.issue('answer', REQUEST, 'home-lead', DEADLINE + DAY)}"
    before = await doors.record()

    response = await doors.form(path, urlencode(fields).encode() + rest)

    assert response.status_code in (200, 400, 409, 413, 422)
    if response.status_code != 200:
        assert await doors.record() == before
    assert not await doors.world.store.newest_answers([OTHERS])


@pytest.mark.parametrize("purpose", sorted(set(get_args(LinkPurpose)) - {"answer"}))
async def test_a_link_for_something_else_opens_no_form(doors: Doors, purpose: LinkPurpose) -> None:
    path = f"/svar/{await doors.world.links.issue(purpose, REQUEST, 'home-lead', DEADLINE + DAY)}"
    before = await doors.record()

    assert (await doors.form(path, b"light=green")).status_code == 404
    assert await doors.record() == before


async def test_the_same_form_sent_again_and_again_is_one_answer(doors: Doors) -> None:
    path = f"/svar/{await doors.world.links.issue('answer', REQUEST, 'home-lead', DEADLINE + DAY)}"
    body = urlencode({"light": "green", "done": "Mye"}).encode()
    first = await doors.form(path, body)
    record = await doors.record()

    for _ in range(3):
        assert (await doors.form(path, body)).text == first.text
    assert await doors.record() == record


async def test_a_huge_form_is_refused(doors: Doors) -> None:
    path = f"/svar/{await doors.world.links.issue('answer', REQUEST, 'home-lead', DEADLINE + DAY)}"
    before = await doors.record()

    assert (await doors.form(path, b"light=green&done=" + b"x" * answer.MAX_BODY)).status_code == 413
    assert await doors.record() == before


async def test_a_link_is_dead_when_its_time_is_up(doors: Doors) -> None:
    path = f"/svar/{await doors.world.links.issue('answer', REQUEST, 'home-lead', DEADLINE + DAY)}"
    doors.world.clock.time = DEADLINE + 2 * DAY
    before = await doors.record()

    assert (await doors.form(path, b"light=green")).status_code == 404
    assert await doors.record() == before


async def test_a_link_of_a_lead_who_left_is_refused(doors: Doors) -> None:
    path = f"/svar/{await doors.world.links.issue('answer', REQUEST, 'other-lead', DEADLINE + DAY)}"
    before = await doors.record()

    assert (await doors.form(path, b"light=green")).status_code == 403
    assert await doors.record() == before
