"""Checks at the end of the demo. Pure: from the sandbox's state and the service's record to verdicts."""

import json
import re
from collections import Counter
from urllib.parse import urlsplit

from config.values import Place, Role
from demo.evidence import Check, Entry, Evidence
from demo.paper_checks import the_chain
from demo.play import boards_with_our_meetings
from demo.reached import addresses_written, statuses_in, who_was_reached, writes_in

MEMBERSHIP = re.compile(r"/groups/[^/]+/(members|owners)/[^/]+/\$ref$|/channels/[^/]+/members/[^/]+$")
"""Of a group, with the end without which the user would be deleted, or a seat in a private channel."""


def check_all(evidence: Evidence) -> list[Check]:
    """Return every check, in the order of the loop."""
    return [
        places_are_made(evidence),
        guests_are_in(evidence),
        meetings_are_booked(evidence),
        no_invitation_came_twice(evidence),
        requests_went_as_told(evidence),
        every_surface_was_used(evidence),
        reports_are_out(evidence),
        *([] if evidence.allowed is not None else the_chain(evidence)),
        no_message_came_twice(evidence),
        nothing_gave_up(evidence),
        the_audit_holds(evidence),
        a_second_rollout_writes_nothing(evidence),
        the_door_calls_no_graph(evidence),
        nothing_was_deleted(evidence),
        no_limit_was_crossed(evidence),
        *([] if evidence.allowed is None else [nobody_else_was_reached(evidence)]),
    ]


def places_are_made(evidence: Evidence) -> Check:
    """Check that every place of ours has a team with our app and channels, and a site with its content."""
    teams, sites = evidence.state["teams"]["teams"], evidence.state["sharepoint"]
    lacking = []
    for place in evidence.programme.places:
        team, site = teams.get(place.unique_name, {}), sites.get(place.unique_name, {})
        channels = {channel.name for channel in place.channels if channel.per is None}
        lists = {wanted.name for wanted in place.lists}
        if not channels <= set(team.get("channels", ())):
            lacking.append(f"{place.key}: channels")
        if not team.get("apps"):
            lacking.append(f"{place.key}: app")
        if not lists <= set(site.get("lists", ())):
            lacking.append(f"{place.key}: lists")
        if not any(page.get("published") for page in site.get("pages", {}).values()):
            lacking.append(f"{place.key}: page")
    return Check(
        what="every place of ours has team, app, channels, lists and page",
        held=not lacking and len(teams) == len(evidence.programme.places),
        found=", ".join(lacking) or f"{len(teams)} teams",
    )


def guests_are_in(evidence: Evidence) -> Check:
    """Check that everybody of a place is in its group, guests included, and no guest owns one."""
    programme, groups = evidence.programme, evidence.state["directory"]["groups"]
    # Whose role has ended meanwhile is out again.
    on = evidence.played.ended_at.date()
    missing, guests = [], 0
    for place in programme.places:
        group = groups.get(place.unique_name, {"members": (), "owners": ()})
        people = [person for person in programme.place_people(place, on) if evidence.may_get(person)]
        guests += sum(programme.is_guest(person) for person in people)
        missing += [person.key for person in people if person.email not in group["members"]]
        missing += [
            f"{person.key} owns" for person in people if programme.is_guest(person) and person.email in group["owners"]
        ]
    return Check(
        what="everybody is in the groups they belong to, and no guest owns one",
        held=not missing,
        found=", ".join(missing) or f"{guests} memberships of guests",
    )


def meetings_are_booked(evidence: Evidence) -> Check:
    """Check that the boards' meetings stand in the organizer's calendar to the last year, with a way in."""
    events = [event for mailbox in evidence.state["exchange"].values() for event in mailbox.get("calendar", ())]
    ours = [event for event in events if event.get("tags")]
    keys = {key for event in ours for key in event["tags"].values()}
    last_year = str(evidence.programme.last_day.year)
    late = {key.partition("/")[0] for key in keys if key.partition("/")[2].startswith(last_year)}
    lacking = boards_with_our_meetings(evidence.programme) - late
    offline = [key for event in ours if not event["online"] for key in event["tags"].values()]
    return Check(
        what="every board's meetings are booked through the last year, with a Teams meeting",
        held=not lacking and not offline and len(keys) == evidence.played.ledger.booked == len(ours),
        found=", ".join([*sorted(lacking), *offline]) or f"{len(keys)} meetings",
    )


def no_invitation_came_twice(evidence: Evidence) -> Check:
    """Check that nobody got more invitations than there are meetings in their calendar."""
    wrong = []
    for address, mailbox in evidence.state["exchange"].items():
        invitations = sum(mail[-1] in {"invite", "update"} for mail in mailbox.get("inbox", ()))
        if invitations > len(mailbox.get("calendar", ())):
            wrong.append(address)
    return Check(what="nobody was invited twice to a meeting", held=not wrong, found=", ".join(wrong))


def requests_went_as_told(evidence: Evidence) -> Check:
    """Check that those who answer in the story have answered, and the others are shown as missing."""
    wrong = []
    requests = evidence.played.ledger.requests
    for where, state in requests.items():
        if state == ("missing" if evidence.is_answered(where.rpartition("/")[2]) else "answered"):
            wrong.append(f"{where}: {state}")
    missing = sum(state == "missing" for state in requests.values())
    parts = evidence.story.packages.values()
    lifted = any(part.question for part in parts)
    silent = any(part.how == "never" for part in parts)
    return Check(
        what="leads answered as the story says, and who did not is shown as missing",
        held=not wrong and (missing > 0 or not silent) and lifted,
        found=", ".join(wrong) or f"{len(requests)} requests, {missing} missing",
    )


def every_surface_was_used(evidence: Evidence) -> Check:
    """Check that some answered by card, some by form, and messages left as cards and as mail."""
    ledger = evidence.played.ledger
    answers, ways = _surfaces_of(evidence)
    # In a rehearsal few are reached, and they need not be reached in every way.
    held = bool(evidence.allowed) or (answers <= set(ledger.surfaces) and ways <= set(ledger.sent))
    found = ", ".join(f"{count} by {surface}" for surface, count in sorted(ledger.surfaces.items()))
    return Check(what="some answered by card, some by the form", held=held, found=found)


def _surfaces_of(evidence: Evidence) -> tuple[set[str], set[str]]:
    """Return how the programme's leads answer and are reached: by card with an account with us, as guests by mail."""
    programme, on = evidence.programme, evidence.played.began_at.date()
    guests = {
        programme.is_guest(person)
        for package in programme.work_packages
        if evidence.story.part(package.key).how != "never"
        for person in programme.holders(Role.WORK_PACKAGE_LEAD, on=on, work_package=package.key)
    }
    answers = {"form" if is_guest else "card" for is_guest in guests}
    return answers, {"email" if is_guest else "personal" for is_guest in guests}


def reports_are_out(evidence: Evidence) -> Check:
    """Check that every board has its report, and page and PDF lie on the site where we have one."""
    ledger, sites = evidence.played.ledger, evidence.state["sharepoint"]
    lacking = []
    for place in evidence.programme.places:
        boards = [
            body for body in evidence.programme.bodies if (body.municipality or body.key) == place.key and body.rounds
        ]
        if not boards:
            continue
        site = sites.get(place.unique_name, {})
        pages = [page for name, page in site.get("pages", {}).items() if name != "start.aspx" and page.get("published")]
        if not pages or not any(path.endswith(".pdf") for path in site.get("files", {})):
            lacking.append(place.key)
    out = Counter(state for state in ledger.reports.values())
    none = [item.slug for item in evidence.programme.municipalities if item.place is not Place.OURS]
    silent = [slug for slug in none if not any(key.startswith(f"{slug}/") for key in ledger.reports)]
    return Check(
        what="every board has its report as record, and as page and PDF where it has a site",
        held=not lacking and not silent,
        found=", ".join([*lacking, *silent]) or ", ".join(f"{count} {state}" for state, count in sorted(out.items())),
    )


def no_message_came_twice(evidence: Evidence) -> Check:
    """Check that nobody holds more mails or cards than meant, but for those that a cut-off run left in doubt."""
    ledger, more = evidence.played.ledger, []
    for address, mailbox in evidence.state["exchange"].items():
        mails = Counter((address, mail[2]) for mail in mailbox.get("inbox", ()) if mail[-1] == "mail")
        more += [f"{where}: {subject}" for where, subject in (mails - ledger.mails).elements()]
    for where, messages in evidence.state["chats"].items():
        if "@" in where:
            more += [f"{where}: card"] * (len(messages) - ledger.cards[where])
        else:
            cards = Counter(json.dumps(message, sort_keys=True) for message in messages)
            more += [f"{where}: card"] * (cards.total() - len(cards))
    doubtful = len(ledger.doubtful)
    return Check(
        what="nobody got a message twice",
        held=len(more) <= doubtful,
        found=", ".join(more) or (f"{doubtful} in doubt" if doubtful else f"{ledger.sent.total()} messages"),
    )


def nothing_gave_up(evidence: Evidence) -> Check:
    """Check that no unit of work has failed for good."""
    failed = evidence.played.ledger.failed
    return Check(what="no unit of work gave up", held=not failed, found="; ".join(failed))


def the_audit_holds(evidence: Evidence) -> Check:
    """Check that no act in the log was changed, taken out or put in, as `vareunge audit --verify` does."""
    found = evidence.played.ledger.audit
    broken = f"does not hold from entry {found.broken.number}: {found.broken.why}" if found.broken else ""
    return Check(
        what="the log of acts holds",
        held=found.broken is None and found.head.number > 0,
        found=broken or f"{found.head.number} acts",
    )


def a_second_rollout_writes_nothing(evidence: Evidence) -> Check:
    """Check that rolling out everything once more only reads."""
    graph = filter(_is_graph, evidence.repeated)
    writes = [f"{method} {path}" for entry in graph for method, path, _ in writes_in(entry)]
    reads = sum(map(_is_graph, evidence.repeated))
    return Check(
        what="a second rollout of everything writes nothing",
        held=not writes and reads > 0,
        found=", ".join(sorted(set(writes))) or f"{reads} reads",
    )


def the_door_calls_no_graph(evidence: Evidence) -> Check:
    """Only Builder and Hands speak with Graph."""
    callers = Counter(entry["_app"] for entry in evidence.traffic if _is_graph(entry))
    found = ", ".join(f"{caller} {count}" for caller, count in sorted(callers.items()))
    return Check(
        what="only Builder and Hands call Graph, the Door never", held=set(callers) == {"builder", "hands"}, found=found
    )


def nothing_was_deleted(evidence: Evidence) -> Check:
    """Check that no directory object was deleted, and nothing else but memberships of roles that ended."""
    writes = [write for entry in evidence.traffic for write in writes_in(entry)]
    paths = [path for method, path, _ in writes if method == "DELETE"]
    deletes = [path for path in paths if not MEMBERSHIP.search(path)]
    gone = evidence.state["directory"]["deleted"]
    found = ", ".join(deletes) or f"{len(paths)} memberships ended with their role"
    return Check(what="no directory object was deleted", held=not deletes and not gone, found=found)


def no_limit_was_crossed(evidence: Evidence) -> Check:
    """Check that Microsoft's published limits were kept before anybody had to say so."""
    told = Counter(_line(entry) for entry in evidence.traffic for status in statuses_in(entry) if status == 429)
    return Check(
        what="no limit was crossed",
        held=not told,
        found=", ".join(f"{count}x {line}" for line, count in told.most_common(5))
        or f"{len(evidence.traffic)} requests",
    )


def nobody_else_was_reached(evidence: Evidence) -> Check:
    """Check that a rehearsal reaches nobody who is not on the allow-list, and writes no address but theirs."""
    allowed = evidence.allowed or frozenset()
    traffic = [*evidence.traffic, *evidence.repeated]
    named = [*who_was_reached(traffic), *addresses_written(traffic)]
    reached = [item for item in named if item.who not in evidence.senders]
    others = dict.fromkeys(f"{item.who} by {item.by}" for item in reached if item.who not in allowed)
    people = {item.who for item in reached} & allowed
    return Check(
        what="a rehearsal reached nobody else",
        held=not others,
        found=", ".join(list(others)[:5]) or f"{len(people)} of {len(allowed)} on the allow-list were reached",
    )


def _is_graph(entry: Entry) -> bool:
    path: str = urlsplit(entry["request"]["url"]).path
    return path.startswith("/v1.0/")


def _line(entry: Entry) -> str:
    return f"{entry['request']['method']} {urlsplit(entry['request']['url']).path}"
