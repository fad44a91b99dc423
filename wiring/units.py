"""The kinds of units: the handler of each, and the planners that find units which should be due."""

from collections.abc import Mapping, Sequence

from engine.units import Handler
from integration.database.away import AWAY
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from workflows.errors import Transient
from workflows.meetings.external_feeds import reading_units
from workflows.ports.units import DueUnit, History, Outcome
from workflows.sweep import Sweep


def create_sweep(outside: Outside, jobs: Jobs) -> Sweep:
    """Return the sweep over everything that should be due. Planners run in this order."""
    record = outside.record

    async def plan_meetings() -> Sequence[DueUnit]:
        await jobs.meetings.booking.plan()
        return ()

    async def plan_readings() -> Sequence[DueUnit]:
        return reading_units(await record.register.programme(), outside.clock.now())

    return Sweep(
        units=record.units,
        programme=record.register.find_programme,
        planners=[
            plan_meetings,
            plan_readings,
            jobs.meetings.clashes.plan,
            jobs.status.rounds.due_units,
            jobs.papers.reports.due_units,
            jobs.papers.agendas.due_units,
            jobs.rollout.handlers.due_units,
            jobs.operations.wind_down.due_units,
            jobs.operations.access_removal.due_units,
            jobs.operations.guest_review.due_units,
            jobs.operations.drift.due_units,
            jobs.operations.examination.due_units,
        ],
        clock=outside.clock,
    )


def unit_handlers(jobs: Jobs, sweep: Sweep) -> Mapping[str, Handler]:
    """Return the handler of every kind of unit."""
    meetings, rollout, operations = jobs.meetings, jobs.rollout, jobs.operations
    reports, agendas = jobs.papers.reports, jobs.papers.agendas
    return {
        "sweep.all": sweep.all,
        "meetings.read": meetings.external_feeds.read,
        "rollout.place": rollout.handlers.place,
        "rollout.preview": rollout.previews.look,
        "rollout.lists": rollout.handlers.lists,
        "rollout.welcome": rollout.welcome_mail.send,
        "people.look_up": jobs.register.account_look_ups.look_up,
        "access.account": jobs.access.account_finder.look_up,
        "people.leave": operations.access_removal.place,
        "links.mail": jobs.messages.link_mails.send,
        "pause.summary": jobs.messages.resuming.send,
        "leads.mail": jobs.messages.lead_mail.send,
        "guests.review": operations.guest_review.review,
        "guests.end": operations.guest_desk.end,
        "drift.look": operations.drift.look,
        "doctor.look": operations.examination.look,
        "programme.close": operations.closing.close,
        "wind_down.place": operations.wind_down.place,
        "wind_down.package": operations.wind_down.package,
        "privacy.redact": jobs.privacy.redacted_copies.redact,
        "meetings.book": meetings.booking.book,
        "meetings.quorum": meetings.quorum.warn,
        "meetings.own_link": meetings.personal_links.send,
        **jobs.status.rounds.handlers,
        "bot.reply": jobs.bot.replies.reply,
        "report.compile": reports.compile,
        "report.draft": jobs.papers.reviews.draft,
        "report.release": reports.release,
        "report.correct": jobs.papers.reviews.correct,
        "report.publish": reports.publish,
        "report.owner": reports.owner,
        "questions.follow": jobs.papers.question_follow_up.follow,
        "questions.tell": jobs.papers.question_notices.tell,
        "agenda.publish": agendas.publish,
        "minutes.prepare": agendas.prepare,
        "minutes.publish": agendas.publish_minutes,
    }


def outlasting_database(handlers: Mapping[str, Handler]) -> Mapping[str, Handler]:
    """Return *handlers* to which a database that is away is like all else outside: another try may help."""
    return {kind: _outlasting_database(handler) for kind, handler in handlers.items()}


def _outlasting_database(handler: Handler) -> Handler:
    async def run(unit: DueUnit, history: History) -> Outcome:
        try:
            return await handler(unit, history)
        except AWAY as exc:
            raise Transient("use the database", type(exc).__name__) from exc

    return run
