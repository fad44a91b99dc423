"""A run is refused before anything is asked: without a list, for a known place, and in a tenant that is not named."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import texts
from config.loading import load_programme
from workflows.operations.acceptance.model import AcceptanceTarget
from workflows.operations.acceptance.plan import refusals

PROGRAMME = load_programme(Path(__file__).parents[4] / "config" / "vestfold")
OWNER, GUEST = "it@test.example", "gjest@annen.example"
TENANT = "11111111-2222-3333-4444-555555555555"


def refused(**changes: Any) -> Sequence[str]:
    """Return the keys of the reasons against a run that would be allowed but for *changes*."""
    target: dict[str, str] = {"slug": "prove", "owner": OWNER, "guest": GUEST, "organizer": "moter@test.example"}
    given: dict[str, Any] = {
        "allowed": (OWNER, GUEST.upper()),
        "is_sandboxed": False,
        "tenant_id": TENANT,
        "acceptance_tenant": TENANT,
    }
    programme = changes.pop("programme", PROGRAMME)
    of_target = {name: value for name, value in changes.items() if name in target}
    others = {name: value for name, value in changes.items() if name not in target}
    reasons = refusals(AcceptanceTarget(**target | of_target), programme, **given | others)
    # Each can be said in every language.
    assert all(reason.said(language) for reason in reasons for language in texts.languages())
    return [reason.key for reason in reasons]


def test_a_throw_away_municipality_in_the_named_test_tenant_is_tried() -> None:
    assert refused() == []
    assert refused(programme=None) == []


def test_the_sandbox_needs_no_tenant_to_be_named() -> None:
    assert refused(is_sandboxed=True, tenant_id="", acceptance_tenant="") == []


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        pytest.param({"allowed": None}, ["acceptance_no_list"], id="no allow-list"),
        pytest.param({"allowed": (OWNER,)}, ["acceptance_not_listed"], id="a guest who is not listed"),
        pytest.param({"allowed": ()}, ["acceptance_not_listed"] * 2, id="nobody listed"),
        pytest.param({"guest": OWNER}, ["acceptance_one_person"], id="one person twice"),
        pytest.param({"organizer": ""}, ["acceptance_no_mailbox"], id="no mailbox"),
        pytest.param({"slug": "larvik"}, ["acceptance_in_register"], id="a municipality of the register"),
        pytest.param({"slug": PROGRAMME.places[0].key}, ["acceptance_in_register"], id="a place of the register"),
        pytest.param({"acceptance_tenant": ""}, ["acceptance_no_tenant"], id="no tenant named"),
        pytest.param({"acceptance_tenant": "another"}, ["acceptance_no_tenant"], id="another tenant named"),
        pytest.param({"tenant_id": "", "acceptance_tenant": ""}, ["acceptance_no_tenant"], id="no tenant at all"),
        pytest.param(
            {"allowed": None, "slug": "larvik", "acceptance_tenant": ""},
            ["acceptance_no_list", "acceptance_in_register", "acceptance_no_tenant"],
            id="everything at once",
        ),
    ],
)
def test_anything_else_is_refused_with_every_reason(changes: dict[str, Any], reasons: list[str]) -> None:
    assert refused(**changes) == reasons
