"""The acceptance run: every check in its order, and cleaning up whatever became of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import texts
from workflows.errors import OutsideError
from workflows.operations.acceptance.checks import LANGUAGE, AcceptanceChecks, AcceptancePorts, Differs, LacksBefore
from workflows.operations.acceptance.model import (
    AcceptanceReport,
    AcceptanceResult,
    AcceptanceTarget,
    CheckedClaim,
    Traces,
)
from workflows.ports.accounts import Account, AccountKind

CLAIMS: Sequence[tuple[str, tuple[int, ...], str]] = (
    ("accounts", (5,), "a filter of the directory takes fifteen alternatives, and ours has no more"),
    ("group", (6,), "a group made again by its unique name is the same group"),
    ("guest", (6,), "a guest who is invited again keeps the account"),
    ("members", (6,), "the list of members has the owner and the guest, each once; the guest owns nothing"),
    ("team", (6,), "a group with a guest becomes a team"),
    ("consent", (2, 10), "the team consents to exactly what the manifest of our app asks for"),
    ("channel_and_tab", (2,), "Hands makes a channel and a tab by that consent alone"),
    ("private_channel", (1,), "that consent does not reach a private channel"),
    ("manage", (3,), "`manage` on a site is granted and changed, and read back as it was set"),
    ("page", (6,), "a page is found by its name through the filter, and another name finds none"),
    ("manage_taken_away", (3,), "Hands' role on a site is taken away, and Hands reads nothing there any more"),
    ("calendar", (4,), "a meeting keeps its local time on both sides of summer time, and is booked once"),
)
"""The checks: method of `AcceptanceChecks`, lines of the protocol in docs/acceptance.md, and the claim."""
BY_HAND = (7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25)
"""Lines of the protocol that people go through."""


class Acceptance:
    """Runs the checks against Microsoft 365 or the sandbox, as the settings say, once `refusals` lets a target pass."""

    def __init__(self, ports: AcceptancePorts) -> None:
        self._ports = ports

    async def run(self, target: AcceptanceTarget) -> AcceptanceReport:
        """
        Try every claim and clean up, also after an error or an interruption.

        A run that was killed leaves its things under their names: the next one takes them over and cleans them up.
        """
        began_at, traces, found = self._ports.clock.now(), Traces(), list[CheckedClaim]()
        checks = AcceptanceChecks(self._ports, target, traces)
        try:
            for key, lines, claim in CLAIMS:
                result, seen = await _tried(getattr(checks, key))
                found.append(CheckedClaim(key=key, lines=lines, claim=claim, result=result, seen=seen))
        except BaseException:
            await asyncio.shield(self._clean_up(target, traces))
            raise
        failed = await self._clean_up(target, traces)
        return AcceptanceReport(target=target, began_at=began_at, checks=found, left=_left(traces), failed=failed)

    async def _clean_up(self, target: AcceptanceTarget, traces: Traces) -> Sequence[str]:
        """Take away what may be taken away; return the steps that failed. Directory objects are never deleted."""
        ports, steps = self._ports, list[tuple[str, Callable[[], Awaitable[object]]]]()
        reason = texts.say("acceptance.cancelled", LANGUAGE)
        for event_id in traces.event_ids:
            steps.append((f"cancel {event_id}", partial(ports.calendar.cancel, target.organizer, event_id, reason)))
        if traces.group_id and traces.guest_id:
            guest = Account(id=traces.guest_id, email=target.guest, kind=AccountKind.GUEST)
            steps.append(
                ("take the guest out of the group", lambda: ports.memberships.remove_member(traces.group_id, guest))
            )
        if traces.has_team:
            steps.append(("archive the team", lambda: ports.archive.set_team(traces.group_id, archived=True)))
        failed = []
        for what, work in steps:
            try:
                await work()
            except OutsideError as exc:
                failed.append(f"{what}: {exc}")
        return failed


async def _tried(check: Callable[[], Awaitable[None]]) -> tuple[AcceptanceResult, str]:
    try:
        await check()
    except LacksBefore as exc:
        return AcceptanceResult.NOT_TRIED, str(exc)
    except (Differs, OutsideError) as exc:
        return AcceptanceResult.DIFFERENT, str(exc)
    return AcceptanceResult.SAME, ""


def _left(traces: Traces) -> Sequence[str]:
    """Return what an administrator removes, by its id."""
    left = []
    if traces.group_id:
        role = " and Hands' role there" if traces.site_id else ""
        left.append(f"the group {traces.group_id}, with its archived team, its site{role}")
    if traces.guest_id and not traces.guest_was_there:
        left.append(f"the guest account {traces.guest_id}, which this run made")
    return left
