"""Words for the mail that follows an edit: how many people may get it from Outlook, said before the edit is made."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from config.values import Body
from web.register.forms.form import FormContext
from workflows.meetings.external import is_theirs
from workflows.register.edits.people import RoleSeat


def invitations(context: FormContext, people: int) -> list[str]:
    """Return the line about *people* who may be invited to meetings, or get a cancellation; nothing for nobody."""
    return [context.say("follows_invitations", people=people)] if people else []


def invited_to(context: FormContext, bodies: Iterable[Body]) -> list[str]:
    """Return the same line about everybody in those of the bodies that are called in from here."""
    return invitations(context, people_in(context, called_in(context, bodies)))


def called_in(context: FormContext, bodies: Iterable[Body]) -> list[Body]:
    """Return those of the bodies whose meetings we put into people's calendars."""
    return [body for body in bodies if body.book and not is_theirs(context.programme, body)]


def people_in(context: FormContext, bodies: Iterable[Body]) -> int:
    """Count the people of bodies, each once."""
    return len({person.key for body in bodies for person, _ in context.programme.board_people(body, context.today)})


def bodies_of(context: FormContext, key: str) -> Sequence[Body]:
    """Return the bodies that the template's body *key* makes: in the page's municipality, or in the whole programme."""
    draft = context.documents.get("template.yaml", {}).get("bodies", {}).get(key, {})
    if draft.get("per") != "municipality":
        return [body for body in context.programme.bodies if body.key == key]
    return [
        body
        for body in context.programme.bodies
        if body.kind == draft.get("kind") and body.municipality and context.scope in (None, body.municipality)
    ]


def people_of_package(context: FormContext, package: str) -> Collection[str]:
    """Return the people with a role in a package, now or later."""
    held = (item for item in context.programme.assignments if item.work_package == package)
    return {item.person for item in held if _holds_from(item.until, context.today)}


def holders(context: FormContext, seat: RoleSeat) -> Collection[str]:
    """Return the people who have a role at *seat*, now or later."""
    return {
        item.person
        for item in context.programme.assignments
        if (item.role, item.municipality, item.work_package) == (seat.role, seat.municipality, seat.work_package)
        and _holds_from(item.until, context.today)
    }


def _holds_from(until: date | None, today: date) -> bool:
    return until is None or until >= today
