"""Points in which tenants differ, set by the seed and by a control call."""

from pathlib import Path

import pytest

from tests.support.sandbox import RunningSandbox, running_sandbox

USUAL = {"manage_grants": True, "property_filters": None, "batch_order": 1}


async def test_a_point_is_changed_by_itself_and_a_reset_takes_it_back(sandbox: RunningSandbox) -> None:
    assert await sandbox.control("GET", "variants") == USUAL

    assert await sandbox.control("POST", "variants", {"property_filters": 4}) == {**USUAL, "property_filters": 4}

    await sandbox.control("POST", "reset")
    assert await sandbox.control("GET", "variants") == USUAL


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"shoe_size": 43}, id="no such point"),
        pytest.param({"manage_grants": None}, id="neither true nor false"),
        pytest.param({"property_filters": True}, id="no number"),
        pytest.param({"batch_order": "any"}, id="no seed"),
    ],
)
async def test_another_point_or_value_is_refused(sandbox: RunningSandbox, body: dict[str, object]) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/_sandbox/variants", json=body)

    assert answer.status_code == 400
    assert await sandbox.control("GET", "variants") == USUAL


async def test_the_seed_says_how_a_tenant_differs(seed: Path) -> None:
    settings = seed / "tenant.yaml"
    settings.write_text(settings.read_text("utf-8") + "variants: {manage_grants: false}\n", "utf-8")

    async with running_sandbox(seed=seed) as running:
        assert await running.control("GET", "variants") == {**USUAL, "manage_grants": False}
