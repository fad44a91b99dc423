"""The four jobs, and the desks that people reach, made from what lies outside."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.together import together
from wiring_outside import Outside

if TYPE_CHECKING:
    from workflows.bot.commands import BotDesk, BotReplies
    from workflows.meetings.booking import MeetingDesk
    from workflows.meetings.clashes import ClashNotices
    from workflows.meetings.external_feeds import TheirCalendars
    from workflows.meetings.moves import MeetingMoves
    from workflows.meetings.personal import OwnLinks, OwnMeetings
    from workflows.meetings.quorum import QuorumWatch
    from workflows.messages.lead_mail import LeadMail
    from workflows.messages.outbox import Outbox
    from workflows.operations.access_removal import Leaving
    from workflows.operations.doctor import Doctor, Permissions, Tenant
    from workflows.operations.drift import Drift
    from workflows.operations.guest_review import GuestDesk, GuestReview
    from workflows.operations.wind_down import WindDown
    from workflows.papers.agenda_editing import AgendaDesk
    from workflows.papers.agenda_handlers import Agendas
    from workflows.papers.follow_up import FollowUps
    from workflows.papers.report_handlers import Reports
    from workflows.rollout.handlers import Rollout
    from workflows.rollout.ports import TeamsApp
    from workflows.rollout.welcome_mail import Welcome
    from workflows.status.answering import StatusDesk
    from workflows.status.rounds import StatusRounds


class Workflows(Outside):
    """What the service does, with everything it needs for it. Most of it is the Hands' alone; a desk is the Door's."""

    # -------------------------------------------------------------------------------------------- workflows (Hands)

    @cached_property
    def rollout(self) -> "Rollout":
        from integration.graph.channel_members import GraphChannelMembers
        from integration.graph.groups import GraphGroups, GraphMemberships
        from integration.graph.people import GraphDirectory, GraphInvitations
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.site_layout import GraphSiteLayout
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.papers.place_record import RolloutRecord
        from workflows.rollout.handlers import Rollout
        from workflows.rollout.ports import RolloutPorts

        return Rollout(
            RolloutPorts(
                programme=self.register.programme,
                directory=GraphDirectory(self.builder),
                invitations=GraphInvitations(self.hands, self.recipients),
                groups=GraphGroups(self.builder),
                memberships=GraphMemberships(self.hands, self.recipients),
                teams=GraphTeamBuilder(self.builder),
                channels=GraphChannels(self.hands),
                sites=GraphSiteAccess(self.builder),
                content=GraphSiteContent(self.hands),
                layout=GraphSiteLayout(self.hands),
                record=RolloutRecord(self.report_store, self.follow_ups.decision_rows).of,
                resources=self.resources,
                accounts=self.accounts,
                guests=self.guests,
                seats=GraphChannelMembers(self.hands, self.recipients),
                links=self.links,
                intents=self.intents,
                clock=self.clock,
                together=partial(together, self.clock),
                recipients=self.recipients,
                app=teams_app(),
                hands_id=self.settings.hands_id,
                public_url=self.settings.public_url,
            ),
            self.welcome,
        )

    @cached_property
    def welcome(self) -> "Welcome":
        from workflows.rollout.welcome_mail import Welcome, WelcomePorts

        return Welcome(
            WelcomePorts(
                programme=self.register.programme, messages=self.messages, outbox=self.outbox, clock=self.clock
            )
        )

    @cached_property
    def leaving(self) -> "Leaving":
        from integration.graph.channel_members import GraphChannelMembers
        from integration.graph.groups import GraphMemberships
        from workflows.operations.access_removal import Leaving, LeavingPorts

        return Leaving(
            LeavingPorts(
                programme=self.register.programme,
                memberships=GraphMemberships(self.hands, self.recipients),
                seats=GraphChannelMembers(self.hands, self.recipients),
                resources=self.resources,
                clock=self.clock,
            )
        )

    @cached_property
    def lead_mail(self) -> "LeadMail":
        from workflows.messages.lead_mail import LeadMail, LeadMailPorts

        return LeadMail(
            LeadMailPorts(
                programme=self.register.programme, messages=self.messages, outbox=self.outbox, clock=self.clock
            )
        )

    @cached_property
    def guest_desk(self) -> "GuestDesk":
        from integration.database.roles import SQLRoles
        from workflows.operations.guest_review import GuestDesk, GuestPorts

        return GuestDesk(
            GuestPorts(
                programme=self.register.programme,
                guests=self.guests,
                roles=SQLRoles(self.database),
                links=self.links,
                clock=self.clock,
            )
        )

    @cached_property
    def guest_review(self) -> "GuestReview":
        from workflows.operations.guest_review import GuestReview

        return GuestReview(self.guest_desk, mail=self.lead_mail, public_url=self.settings.public_url)

    @cached_property
    def drift(self) -> "Drift":
        from integration.graph.groups import GraphGroups
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.site_layout import GraphSiteLayout
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels
        from workflows.operations.drift import Drift, DriftPorts

        return Drift(
            DriftPorts(
                programme=self.register.programme,
                groups=GraphGroups(self.hands),
                channels=GraphChannels(self.hands),
                content=GraphSiteContent(self.hands),
                layout=GraphSiteLayout(self.hands),
                sites=GraphSiteAccess(self.hands),
                resources=self.resources,
                mail=self.lead_mail,
                together=partial(together, self.clock),
                clock=self.clock,
                every=timedelta(days=self.settings.drift_days),
            )
        )

    @cached_property
    def wind_down(self) -> "WindDown":
        from integration.graph.archive import GraphArchive
        from workflows.operations.wind_down import WindDown, WindDownPorts

        return WindDown(
            WindDownPorts(
                programme=self.register.programme,
                archive=GraphArchive(self.builder),
                work=self.status_rounds.closing,
                welcomes=self.welcome,
                meetings=self.meetings,
                moves=self.meeting_moves,
                resources=self.resources,
                links=self.links,
                units=self.units,
                clock=self.clock,
            )
        )

    @cached_property
    def doctor(self) -> "Doctor":
        from workflows.operations.doctor import Doctor, DoctorPorts

        return Doctor(
            DoctorPorts(
                settings=self.settings,
                lists=permission_lists(),
                roles=self.identities,
                tenant=self._tenant() if self.settings.hands_id and self.settings.builder_id else None,
                resources=self.resources,
                app=teams_app(),
            )
        )

    @cached_property
    def meeting_desk(self) -> "MeetingDesk":
        from workflows.meetings.booking import MeetingDesk

        return MeetingDesk(
            store=self.meetings,
            calendar=self.calendar,
            links=self.links,
            clock=self.clock,
            programme=self.register.programme,
            organizers=self.settings.organizer,
            public_url=self.settings.public_url,
            recipients=self.recipients,
        )

    @cached_property
    def meeting_moves(self) -> "MeetingMoves":
        from workflows.meetings.moves import MeetingMoves

        return MeetingMoves(store=self.meetings, clock=self.clock, programme=self.register.programme)

    @cached_property
    def own_meetings(self) -> "OwnMeetings":
        from workflows.meetings.personal import OwnMeetings, OwnPorts

        return OwnMeetings(
            OwnPorts(
                programme=self.register.programme,
                meetings=self.meetings,
                people=self.register,
                messages=self.messages,
                links=self.links,
                clock=self.clock,
                public_url=self.settings.public_url,
            )
        )

    @cached_property
    def own_links(self) -> "OwnLinks":
        from workflows.meetings.personal import OwnLinks

        return OwnLinks(messages=self.messages, outbox=self.outbox, clock=self.clock)

    @cached_property
    def clash_notices(self) -> "ClashNotices":
        from workflows.meetings.clashes import ClashNotices

        return ClashNotices(
            programme=self.register.programme,
            meetings=self.meetings,
            mail=self.lead_mail,
            clock=self.clock,
            own_address=self.own_meetings.address,
        )

    @cached_property
    def quorum_watch(self) -> "QuorumWatch":
        from workflows.meetings.quorum import QuorumPorts, QuorumWatch

        return QuorumWatch(
            QuorumPorts(
                programme=self.register.programme,
                meetings=self.meetings,
                messages=self.messages,
                outbox=self.outbox,
                clock=self.clock,
                own_address=self.own_meetings.address,
            )
        )

    @cached_property
    def outbox(self) -> "Outbox":
        from workflows.messages.outbox import Outbox

        return Outbox(
            messages=self.messages,
            mailer=self.mailer,
            bot=self.bot,
            chats=self.chats,
            pauses=self.switches,
            recipients=self.recipients,
            clock=self.clock,
            organizers=self.settings.organizer,
        )

    @cached_property
    def status_rounds(self) -> "StatusRounds":
        from workflows.status.ports import StatusPorts
        from workflows.status.rounds import StatusRounds

        return StatusRounds(
            StatusPorts(
                programme=self.register.programme,
                rounds=self.rounds,
                messages=self.messages,
                outbox=self.outbox,
                bot=self.bot,
                accounts=self.accounts,
                places=self.resources,
                links=self.links,
                clock=self.clock,
                public_url=self.settings.public_url,
                decisions=self.follow_ups,
            )
        )

    @cached_property
    def reports(self) -> "Reports":
        from integration.graph.site_content import GraphSiteContent
        from workflows.papers.report_handlers import Reports
        from workflows.papers.report_ports import ReportPorts

        return Reports(
            ReportPorts(
                programme=self.register.programme,
                store=self.report_store,
                meetings=self.meetings,
                results=self.status_rounds.results,
                rounds=self.rounds,
                content=GraphSiteContent(self.hands),
                places=self.resources,
                accounts=self.accounts,
                messages=self.messages,
                outbox=self.outbox,
                links=self.links,
                clock=self.clock,
                public_url=self.settings.public_url,
                matters=self.agenda_store,
            )
        )

    @cached_property
    def agendas(self) -> "Agendas":
        from integration.graph.site_content import GraphSiteContent
        from workflows.papers.agenda_handlers import Agendas
        from workflows.papers.agenda_ports import AgendaPorts

        return Agendas(
            AgendaPorts(
                programme=self.register.programme,
                store=self.agenda_store,
                meetings=self.meetings,
                reports=self.report_store,
                content=GraphSiteContent(self.hands),
                places=self.resources,
                clock=self.clock,
            )
        )

    @cached_property
    def follow_ups(self) -> "FollowUps":
        from workflows.papers.follow_up import FollowUps

        return FollowUps(programme=self.register.programme, store=self.agenda_store, clock=self.clock)

    @cached_property
    def agenda_desk(self) -> "AgendaDesk":
        from workflows.papers.agenda_editing import AgendaDesk

        return AgendaDesk(
            programme=self.register.programme,
            store=self.agenda_store,
            meetings=self.meetings,
            clock=self.clock,
        )

    @cached_property
    def bot_replies(self) -> "BotReplies":
        from workflows.bot.commands import BotReplies

        return BotReplies(messages=self.messages, outbox=self.outbox, clock=self.clock)

    @cached_property
    def their_calendars(self) -> "TheirCalendars":
        from integration.their_calendar import TheirCalendar
        from workflows.meetings.external_feeds import TheirCalendars

        return TheirCalendars(
            feeds=TheirCalendar(self.clock),
            store=self.meetings,
            clock=self.clock,
            programme=self.register.programme,
            mail=self.lead_mail,
        )

    def _tenant(self) -> "Tenant":
        from integration.graph.mailboxes import GraphMailboxes
        from integration.graph.site_content import GraphSiteContent
        from integration.graph.sites import GraphSiteAccess
        from integration.graph.teams import GraphChannels, GraphTeamBuilder
        from workflows.operations.doctor import Tenant

        return Tenant(
            mailboxes=GraphMailboxes(self.hands),
            channels=GraphChannels(self.hands),
            content=GraphSiteContent(self.hands),
            teams=GraphTeamBuilder(self.builder),
            sites=GraphSiteAccess(self.builder),
        )

    # -------------------------------------------------------------------------------------------- what people reach

    @cached_property
    def status_desk(self) -> "StatusDesk":
        from workflows.status.answering import StatusDesk

        return StatusDesk(
            programme=self.register.programme,
            rounds=self.rounds,
            accounts=self.accounts,
            clock=self.clock,
            decisions=self.follow_ups,
            doubles=self.messages,
        )

    @cached_property
    def bot_desk(self) -> "BotDesk":
        from workflows.bot.commands import BotDesk, BotPorts

        return BotDesk(
            BotPorts(
                programme=self.register.programme,
                rounds=self.rounds,
                accounts=self.accounts,
                messages=self.messages,
                chats=self.chats,
                places=self.resources,
                languages=self.register,
                clock=self.clock,
                public_url=self.settings.public_url,
                own_address=self.own_meetings.address,
            )
        )


def teams_app() -> "TeamsApp":
    """Our Teams app, as the rollout installs it."""
    from workflows.rollout.ports import TeamsApp

    manifest = json.loads((Path(__file__).parent / "teams_app" / "manifest.json").read_text("utf-8"))
    permissions = manifest.get("authorization", {}).get("permissions", {}).get("resourceSpecific", [])
    return TeamsApp(external_id=manifest["id"], permissions=tuple(item["name"] for item in permissions))


def permission_lists() -> "Mapping[str, Permissions]":
    """What each identity is meant to be allowed, by its name."""
    from workflows.operations.doctor import permissions_of

    folder = Path(__file__).parent / "infra" / "permissions"
    return {name: permissions_of((folder / f"{name}.txt").read_text("utf-8")) for name in ("hands", "builder", "door")}
