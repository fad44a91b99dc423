"""The web of a process: every router, with the pieces that it needs."""

from typing import TYPE_CHECKING

from web.api import routes as api
from web.app import Around, create_app
from web.lessons import pages as lesson_pages
from web.meetings import feeds
from web.meetings import move as own_move
from web.meetings import personal as own_meetings
from web.municipality import pages as lead_pages
from web.municipality.doors import LeadDoors
from web.operations import audit, closing, governance, guests, redaction
from web.overview import pages as overview_pages
from web.overview.reading import Overviews
from web.papers import agenda, minutes, papers, reports, signed
from web.register.meetings import MeetingDoors
from web.register.reading import RegisterDoors
from web.register.routes import routers as register_routers
from web.rollout import new_municipality, places, template
from web.teams import tabs
from wiring.answers import answer_routers
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.sign_in import create_gate, sign_in_routers
from workflows.operations.doctor import open_builder
from workflows.operations.own_checks import on_database

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI


def create_web(outside: Outside, jobs: Jobs, *, around: Around) -> "FastAPI":
    """Return the application that people and Teams reach. *around* is entered for each request."""
    return create_app(
        web_routers(outside, jobs),
        ready=outside.record.not_ready,
        around=around,
        telemetry=outside.telemetry,
        gate=create_gate(outside, jobs),
        statement_url=outside.settings.accessibility_statement,
        words=outside.record.register.find_programme,
    )


def web_routers(outside: Outside, jobs: Jobs) -> "list[APIRouter]":
    """Return every router that hands on to a job."""
    record, clock, public_url = outside.record, outside.clock, outside.settings.public_url
    programme, links, meetings = record.register.programme, record.links, record.meetings
    desk = jobs.papers.agenda_editing
    own = own_meetings.Doors(
        own=jobs.meetings.personal,
        moves=jobs.meetings.moves,
        links=links,
        short=jobs.messages.short_links,
        programme=programme,
        clock=clock,
        public_url=public_url,
        to_record=desk.to_record,
    )
    routers = [
        # First, because routes are tried in their order, and buttons and forms come by the thousand.
        *answer_routers(outside, jobs),
        feeds.router(
            feeds.FeedDoors(
                meetings=record.meeting_spans, links=links, programme=programme, public_url=public_url, clock=clock
            )
        ),
        papers.router(meetings=meetings, reports=record.reports, agendas=desk, links=links, programme=programme),
        lesson_pages.router(lesson_pages.LessonDoors(store=record.lessons, clock=clock)),
        audit.router(audit.AuditDoors(store=record.audit, questions=record.questions)),
        *_oversight_routers(outside, jobs),
        guests.router(
            desk=jobs.operations.guest_desk, links=links, short=jobs.messages.short_links, public_url=public_url
        ),
        agenda.router(desk=desk, links=links, public_url=public_url),
        minutes.router(desk=desk, links=links, short=jobs.messages.short_links, public_url=public_url),
        signed.router(signed.PaperDoors(desk=desk, decisions=jobs.papers.decision_desk)),
        own_meetings.router(own),
        own_move.router(own),
        reports.router(reports=record.reports, links=links, programme=programme),
        *overview_pages.routers(
            Overviews(
                store=record.overview,
                meetings=meetings,
                reports=record.reports,
                agendas=desk,
                findings=record.findings,
                units=record.units,
                stopped=jobs.operations.stopped,
                order_again=on_database(outside.settings, "stopped --again"),
                links=links,
                settings=record.register,
                clock=clock,
                public_url=public_url,
            )
        ),
        *lead_pages.routers(
            LeadDoors(
                rounds=record.rounds,
                report_desk=jobs.papers.report_desk,
                owner_desk=jobs.papers.owner_desk,
                messages=record.messages,
                upcoming=jobs.status.upcoming,
                units=record.units,
                switches=record.switches,
                resuming=jobs.messages.resuming,
                recipients=outside.recipients,
                past=record.history,
                links=links,
                held=record.held_links,
                desk=desk,
                questions=jobs.papers.question_desk,
                guests=jobs.operations.guest_desk,
                clock=clock,
            )
        ),
        *register_routers(
            MeetingDoors(
                register=RegisterDoors(
                    desk=jobs.register.desk,
                    clock=clock,
                    board=record.agendas,
                    accounts=jobs.register.look_up_desk,
                ),
                meetings=meetings,
                moves=jobs.meetings.moves,
            )
        ),
        api.router(store=record.overview, clock=clock),
        tabs.router(
            meetings=meetings,
            reports=record.reports,
            links=links,
            programme=programme,
            public_url=public_url,
            clock=clock,
        ),
        *sign_in_routers(outside, jobs),
    ]
    routers += _rollout_routers(outside, jobs)
    return routers


def _oversight_routers(outside: Outside, jobs: Jobs) -> "list[APIRouter]":
    """Return the routers of the county's oversight: redaction, governance papers, the programme's end."""
    doors = redaction.RedactionDoors(
        redacting=jobs.privacy.redacting,
        kept=outside.record.redactions,
        clock=outside.clock,
        backup_days=outside.settings.backup_days,
    )
    return [
        redaction.router(doors),
        governance.router(jobs.paper_files.governance),
        closing.router(jobs.operations.closing_desk, outside.settings),
    ]


def _rollout_routers(outside: Outside, jobs: Jobs) -> "list[APIRouter]":
    desk = jobs.rollout.desk
    pages = places.RolloutPages(
        desk=desk,
        register=jobs.register.desk,
        clock=outside.clock,
        open_builder=open_builder(outside.settings.builder_id),
    )
    new = new_municipality.NewMunicipalityPages(
        register=jobs.register.desk, desk=desk, known=outside.record.klass, accounts=jobs.register.look_up_desk
    )
    return [places.router(pages), new_municipality.router(new), template.router(pages)]
