"""Routes without a rule of sign-in, by their paths, each with the reason. A route that has neither fails a test."""

from collections.abc import Mapping

from workflows.origin import BY_LINK as MAILED_LINK
from workflows.origin import BY_TEAMS, ActOrigin, ActSurface

BOT = "/api/messages"

PUBLIC: Mapping[str, str] = {
    "/healthz": "Asked by the platform; says nothing but that the process answers.",
    "/readyz": "Asked by the platform; names the part that is missing, and nothing in it.",
    "/openapi.json": "The description of the HTTP interface; holds no data.",
    "/farger/{colour}.css": "A style sheet made of the colour in its address; holds no data.",
    "/tilgjengelighet": "The accessibility statement, which anybody may read.",
    "/personvern": "The privacy page, which anybody may read.",
    "/hjelp": "Help by role, which anybody may read.",
    "/fane": "Named by the Teams app's manifest; shows no data.",
    "/fane/oppsett": "Named by the Teams app's manifest; shows no data.",
    "/logg-inn": "The ways to sign in.",
    "/logg-inn/{provider}": "Leads to the identity provider.",
    "/logg-inn/{provider}/retur": "Back from the identity provider: its signed answer is checked against this browser.",
    "/logg-inn/venter": "Waits while Entra is asked who signed in; shows the browser's own attempt.",
    "/logg-inn/ukjent": "Asks an identity that nobody has bound for an address; mails only to those in the register.",
    "/logg-inn/knytt": "Binds the identity that this browser signed in with, by the link that was mailed.",
    "/logg-inn/teams": "Takes a token that Teams gives its tab: checked like any provider's answer.",
    "/logg-ut": "Asks before logging out; changes nothing.",
    BOT: "Activities from Teams: each carries a signed token of the Bot Framework, which is checked.",
}
"""Open to everybody."""

BY_LINK: Mapping[str, str] = {
    "/svar/{token}": "One package's form for one round, for the lead whom it was sent to.",
    "/saksliste/{token}": "One meeting's agenda, for the member whom it was sent to.",
    "/referat/{token}": "One meeting's minutes, for those who record or read them.",
    "/moter/{token}": "One meeting's papers, for those who are called to it.",
    "/moter/{token}/mine-moter": "Asks for one's own page, which is mailed to the address in the register.",
    "/mine-moter/{token}": "One person's own meetings.",
    "/mine-moter/{token}/dager": "One person's own meetings.",
    "/mine-moter/{token}/ny-adresse": "One person's own meetings.",
    "/mine-moter/{token}/flytt": "One person's own meetings, as far as their role may move them.",
    "/gjester/{token}": "The guests of one place, for those who look after it.",
    "/rapport/{token}": "One released report, for those whom it was released to.",
    "/rapport/{token}.pdf": "One released report, for those whom it was released to.",
    "/kalender/{token}.ics": "One calendar, asked for by calendar programs, which cannot sign in.",
    "/logg-inn/knytt/{token}": "Binds one identity to one person: mailed to the address in the register, used once.",
    "/fane/{token}": "One tab, for the members of its team.",
}
"""Opened by a link of its own, which can be ended; the link's role is looked up at each use."""

_LINKED = tuple({path.partition("{")[0] for path in BY_LINK})


def origin_at(path: str) -> ActOrigin:
    """Return the origin of acts at an address; where people sign in, the gate knows better."""
    if path == BOT:
        return ActOrigin(surface=ActSurface.BOT, sign_in=BY_TEAMS)
    return ActOrigin(surface=ActSurface.PAGE, sign_in=MAILED_LINK if path.startswith(_LINKED) else "")


def reason_open(path: str) -> str | None:
    """Return why a route without a rule is open; None when nothing says why."""
    return PUBLIC.get(path) or BY_LINK.get(path)
