"""The notice that a meeting's minutes have a new version, to the others who may record them."""

import texts
from config.programme import Programme
from config.values import Body
from workflows.messages.lead_mail import mail_to
from workflows.messages.model import Message
from workflows.papers.agendas.plan import local_day, recorders
from workflows.papers.agendas.ports import AgendaPorts
from workflows.papers.links import personal_address
from workflows.papers.minutes.model import StoredMinutes
from workflows.working_days import WorkCalendar


async def minutes_notices(
    ports: AgendaPorts, programme: Programme, body: Body, minutes: StoredMinutes
) -> list[Message]:
    """Write a mail about this version to everybody who may record the minutes, but not to its recorder."""
    now = ports.clock.now()
    due_at = WorkCalendar(programme, body.municipality).next_sendable(now)
    by = programme.find_person(minutes.by)
    day = minutes.content.meeting.starts_local.date()
    mails = []
    for person in recorders(programme, body, local_day(programme, now)):
        if person.key == minutes.by:
            continue
        language = person.language
        name = by.name if by else texts.say("agenda.recorded_somebody", language)
        address = await personal_address(ports.links, ports.public_url, "agenda", minutes.meeting, person.key)
        mails.append(
            mail_to(
                person,
                key=f"minutes/{minutes.meeting}/{minutes.version}",
                municipality=body.municipality,
                due_at=due_at,
                subject=texts.say("agenda.recorded_subject", language, day=day, version=minutes.version),
                paragraphs=[
                    texts.say(
                        "agenda.recorded_text", language, name=name, body=body.name, day=day, version=minutes.version
                    ),
                    texts.say("agenda.recorded_why", language),
                ],
                button=(texts.say("agenda.recorded_button", language), address),
            )
        )
    return mails
