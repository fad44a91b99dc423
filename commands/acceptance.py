"""Acceptance: a smoke suite on a test tenant, or its rehearsal in the sandbox."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, Usage, complain, tell
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


async def acceptance(services: "Services", arguments: argparse.Namespace) -> int:
    """Try on a test tenant what was only tried in the sandbox, clean up, and write a report."""
    from wiring.installation import own_version
    from wiring.jobs.acceptance import create_acceptance
    from workflows.governance.bill_of_materials import PRODUCT
    from workflows.operations.acceptance.model import AcceptanceTarget
    from workflows.operations.acceptance.plan import refusals
    from workflows.operations.acceptance.report import report_markdown

    settings, programme = services.settings, await services.record.register.find_programme()
    words = TerminalWords(programme)
    target = AcceptanceTarget(
        slug=arguments.slug,
        owner=arguments.owner,
        guest=arguments.guest,
        organizer=next(iter(settings.organizer), ""),
    )
    against = refusals(
        target,
        programme,
        allowed=settings.allowed_recipients,
        is_sandboxed=settings.sandboxed,
        tenant_id=settings.tenant_id,
        acceptance_tenant=settings.acceptance_tenant,
    )
    if against:
        raise Usage("\n".join(reason.said(words.language) for reason in against))
    # Before anything is asked: a place that cannot be written to would cost a whole run.
    arguments.report.write_text("", encoding="utf-8")
    report = await create_acceptance(services.outside).run(target)
    written = report_markdown(
        report, tenant_id=settings.tenant_id, is_sandboxed=settings.sandboxed, version=own_version(PRODUCT)
    )
    arguments.report.write_text(written, encoding="utf-8")
    same = sum(check.result == "same" for check in report.checks)
    where = "sandbox" if settings.sandboxed else "tenant"
    tell(words.say(f"acceptance_{where}", same=same, count=len(report.checks), file=str(arguments.report)))
    complain(*report.failed)
    return DONE if report.held else DID_NOT_HOLD
