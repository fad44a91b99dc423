"""Rules between the parts of a programme: references, dates, roles, addresses."""

from collections.abc import Iterable
from datetime import date
from itertools import chain, combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import texts
from config.fields import Value
from config.files import ProgrammeHead
from config.problems import phrase
from config.retention import RetentionRule
from config.shapes import Checked, CheckedEntry, one_of
from config.themes import Theme
from config.values import (
    LOCAL_ROLES,
    PACKAGE_ROLES,
    PROGRAMME_ROLES,
    Assignment,
    BudgetLine,
    BusyDay,
    Meetings,
    Municipality,
    Organisation,
    PackageState,
    Partner,
    Person,
    Place,
    PlanActivity,
    Progress,
    Role,
    School,
    SchoolBreak,
    SendingHours,
    Spending,
    Stakeholder,
    Tenant,
    WorkPackage,
)
from config.wording import Wording, values_in

PARTS_OF_KEY = {"partners": ("municipality",), "progress": ("municipality",), "spending": ("municipality", "line")}
"""Fields besides the key that tell a section's entries apart."""
ONE_AT_A_TIME = frozenset({Role.COUNTY_LEAD, Role.OWNER_BOARD_CHAIR, Role.BOARD_CHAIR, Role.LOCAL_LEAD})
OWNERS_WANTED = 2


def check_everything(checked: Checked) -> None:
    """Add to *checked* every problem between values whose own shape is right."""
    for check in CHECKS:
        check(checked)


def _unique(checked: Checked) -> None:
    keys: tuple[tuple[str, type[Value], str], ...] = (
        ("organisations", Organisation, "key"),
        ("people", Person, "key"),
        ("people", Person, "email"),
        ("schools", School, "key"),
        ("themes", Theme, "key"),
        ("themes", Theme, "name"),
        ("work_packages", WorkPackage, "key"),
        ("municipality", Municipality, "slug"),
        ("municipality", Municipality, "number"),
        ("activities", PlanActivity, "key"),
        ("budget", BudgetLine, "key"),
        ("stakeholders", Stakeholder, "key"),
        ("partners", Partner, "organisation"),
        ("progress", Progress, "activity"),
        ("spending", Spending, "year"),
        ("retention", RetentionRule, "kind"),
    )
    for section, kind, name in keys:
        first: dict[tuple[object, ...], CheckedEntry] = {}
        for value, entry in checked.entries(section, kind):
            if getattr(value, name) is None:
                continue
            key = str(getattr(value, name)).casefold()
            # A municipality may say of itself what the programme says of all.
            whole = (*(getattr(value, part) for part in PARTS_OF_KEY.get(section, ())), key)
            if whole in first:
                before = checked.where(first[whole].document, (*first[whole].path, name))
                expected = phrase("another_of_it", name=name, place=before)
                checked.report(entry, (name,), key, expected, rule="taken")
            else:
                first[whole] = entry


def _references(checked: Checked) -> None:
    organisations = checked.keys("organisations")
    municipalities = checked.keys("municipality", "slug")
    rules: tuple[tuple[str, type[Value], str, set[str]], ...] = (
        ("programme", ProgrammeHead, "county", organisations),
        ("partners", Partner, "organisation", organisations),
        ("people", Person, "organisation", organisations),
        ("municipality", Municipality, "organisation", organisations),
        ("municipality", Municipality, "schools", checked.keys("schools")),
        ("schools", School, "municipality", municipalities),
        ("school_breaks", SchoolBreak, "municipality", municipalities),
        ("busy_days", BusyDay, "municipality", municipalities),
        ("work_packages", WorkPackage, "municipality", municipalities),
        ("work_packages", WorkPackage, "theme", checked.keys("themes")),
        ("work_packages", WorkPackage, "boards", municipalities),
        ("partners", Partner, "municipality", municipalities),
        ("stakeholders", Stakeholder, "municipality", municipalities),
        ("stakeholders", Stakeholder, "responsible", checked.keys("people")),
        ("progress", Progress, "municipality", municipalities),
        ("progress", Progress, "activity", checked.keys("activities")),
        ("budget", BudgetLine, "municipality", municipalities),
        ("spending", Spending, "municipality", municipalities),
        ("spending", Spending, "line", checked.keys("budget")),
        ("assignments", Assignment, "person", checked.keys("people")),
        ("assignments", Assignment, "municipality", municipalities),
        ("assignments", Assignment, "work_package", checked.keys("work_packages")),
    )
    for section, kind, name, known in rules:
        for value, entry in checked.entries(section, kind):
            wanted = getattr(value, name)
            for index, key in enumerate(wanted if isinstance(wanted, tuple) else (wanted,)):
                if key is not None and key not in known:
                    path = (name, index) if isinstance(wanted, tuple) else (name,)
                    checked.report(entry, path, key, one_of(key, sorted(known)), rule="unknown")


def _dates(checked: Checked) -> None:
    spans: tuple[tuple[str, type[Value], str, str], ...] = (
        ("programme", ProgrammeHead, "first_day", "last_day"),
        ("schools", School, "since", "until"),
        ("work_packages", WorkPackage, "since", "until"),
        ("assignments", Assignment, "since", "until"),
        ("school_breaks", SchoolBreak, "first", "last"),
        ("partners", Partner, "signed_on", "expires_on"),
    )
    for section, kind, start, end in spans:
        for value, entry in checked.entries(section, kind):
            first, last = getattr(value, start), getattr(value, end)
            if first is not None and last is not None and last < first:
                expected = phrase("not_before", start=start, first=str(first))
                checked.report(entry, (end,), last, expected, rule="before_start")
    for hours, entry in checked.entries("sending", SendingHours):
        if hours.last <= hours.first:
            checked.report(entry, ("last",), hours.last, phrase("time_after_first", first=str(hours.first)))
    for head, entry in checked.entries("programme", ProgrammeHead):
        try:
            ZoneInfo(head.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            checked.report(entry, ("timezone",), head.timezone, phrase("time_zone"))


def _people(checked: Checked) -> None:
    domains = {item.key: item.domain.casefold() for item in checked.values("organisations", Organisation)}
    for person, entry in checked.entries("people", Person):
        wanted = domains.get(person.organisation)
        domain = person.email.rpartition("@")[2].casefold()
        if wanted and domain != wanted and not domain.endswith(f".{wanted}"):
            expected = phrase("address_at", domain=wanted, organisation=person.organisation)
            checked.report(entry, ("email",), person.email, expected, rule="domain")


def _assignments(checked: Checked) -> None:
    guests = {item.key for item in checked.values("organisations", Organisation) if item.tenant is Tenant.GUEST}
    employers = {item.key: item.organisation for item in checked.values("people", Person)}
    for item, entry in checked.entries("assignments", Assignment):
        if item.role is Role.TEAM_OWNER and employers.get(item.person) in guests:
            checked.report(entry, ("person",), item.person, phrase("home_tenant"), rule="guest_owner")
        if item.role in PROGRAMME_ROLES and (item.municipality or item.work_package):
            name = "municipality" if item.municipality else "work_package"
            checked.report(entry, (name,), getattr(item, name), phrase("for_all", role=item.role))
        elif item.role in LOCAL_ROLES and (item.municipality is None or item.work_package is not None):
            checked.report(entry, ("role",), item.role, phrase("municipality_beside"))
        elif item.role in PACKAGE_ROLES and (item.work_package is None or item.municipality is not None):
            checked.report(entry, ("role",), item.role, phrase("package_beside"))


def _overlaps(checked: Checked) -> None:
    held: dict[tuple[Role, str | None, str | None], list[tuple[Assignment, CheckedEntry]]] = {}
    for item, entry in checked.entries("assignments", Assignment):
        held.setdefault((item.role, item.municipality, item.work_package), []).append((item, entry))
    for (one, _), (other, entry) in chain.from_iterable(combinations(items, 2) for items in held.values()):
        if not _meet(one, other):
            continue
        if one.person == other.person:
            expected = phrase("no_overlap")
            checked.report(entry, ("person",), other.person, expected, rule="held_twice")
        elif one.role in ONE_AT_A_TIME:
            expected = phrase("one_at_a_time", role=one.role, person=one.person)
            checked.report(entry, ("person",), other.person, expected, rule="one_at_a_time")


def _meet(one: Assignment, other: Assignment) -> bool:
    return (one.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (one.until or date.max)


def _municipalities(checked: Checked) -> None:
    held = {(item.municipality, item.role) for item in checked.values("assignments", Assignment)}
    for item, entry in checked.entries("municipality", Municipality):
        for role in (Role.BOARD_CHAIR, Role.LOCAL_LEAD):
            if (item.slug, role) not in held:
                checked.report(entry, ("slug",), item.slug, phrase("assigned_as", role=role), rule="nobody_left")
        if item.place is Place.THEIRS and not item.place_url:
            checked.report(entry, ("place",), item.place, phrase("place_url"), rule="place_url")
        _their_meetings(checked, item, entry)
        for index, moment in enumerate(item.meeting_dates):
            if moment.tzinfo is not None:
                checked.report(entry, ("meeting_dates", index), moment, phrase("wall_time"))


def _their_meetings(checked: Checked, item: Municipality, entry: CheckedEntry) -> None:
    if item.meetings is Meetings.THEIRS and not item.meeting_dates and not item.meeting_feed:
        checked.report(entry, ("meetings",), item.meetings, phrase("their_dates"), rule="their_dates")
    if item.meetings is Meetings.OURS:
        for name in ("meeting_dates", "meeting_feed"):
            if getattr(item, name):
                checked.report(entry, (name,), name, phrase("theirs_only"))
    elif item.meeting_feed and item.meeting_dates:
        checked.report(entry, ("meeting_feed",), item.meeting_feed, phrase("dates_or_feed"))


def _packages(checked: Checked) -> None:
    led = {
        item.work_package
        for item in checked.values("assignments", Assignment)
        if item.role is Role.WORK_PACKAGE_LEAD and item.work_package
    }
    for package, entry in checked.entries("work_packages", WorkPackage):
        if package.state is not PackageState.ENDED and package.key not in led:
            expected = phrase("assigned_as", role=Role.WORK_PACKAGE_LEAD)
            checked.report(entry, ("key",), package.key, expected, rule="no_lead")
        for index in _doubles((package.municipality, *package.boards)):
            # The first is the package's own board.
            board = package.boards[index - 1]
            checked.report(entry, ("boards", index - 1), board, phrase("other_board"), rule="board_twice")
        for index in _doubles(indicator.key for indicator in package.indicators):
            key = package.indicators[index].key
            checked.report(entry, ("indicators", index, "key"), key, phrase("own_key"))


def _doubles(keys: Iterable[str]) -> list[int]:
    seen: set[str] = set()
    doubles = []
    for index, key in enumerate(keys):
        if key in seen:
            doubles.append(index)
        seen.add(key)
    return doubles


def _owners(checked: Checked) -> None:
    owners = {item.person for item in checked.values("assignments", Assignment) if item.role is Role.TEAM_OWNER}
    for head, entry in checked.entries("programme", ProgrammeHead):
        if len(owners) < OWNERS_WANTED:
            expected = phrase("so_many_assigned", number=OWNERS_WANTED, role=Role.TEAM_OWNER)
            checked.report(entry, ("county",), head.county, expected, rule="owners")


def _money(checked: Checked) -> None:
    """Check that what was spent belongs to a line of that year, and to whom the line is for."""
    lines = {item.key: item for item in checked.values("budget", BudgetLine)}
    for item, entry in checked.entries("spending", Spending):
        line = lines.get(item.line)
        if line is None:
            continue
        if item.year not in line.years:
            expected = phrase("years_of_line", years=", ".join(map(str, line.years)))
            checked.report(entry, ("year",), item.year, expected, rule="year")
        local = line.per == "municipality" or line.municipality is not None
        if local is (item.municipality is None) or line.municipality not in (None, item.municipality):
            expected = phrase("line_of_programme" if item.municipality is None else "line_of_municipality")
            checked.report(entry, ("line",), item.line, expected, rule="line")


def _wording(checked: Checked) -> None:
    """Check that the programme's own words stand for texts that there are, and ask for the same values."""
    for wording, entry in checked.entries("wording", Wording):
        for language, words in wording.by_language().items():
            known = texts.keys(language)
            for key, text in words.items():
                if key not in known:
                    checked.report(entry, (language, key), key, one_of(key, known))
                    continue
                wanted = texts.values_in(texts.standard(key, language))
                if values_in(text) != wanted:
                    names = ", ".join(f"{{{name}}}" for name in sorted(wanted))
                    expected = phrase("text_with", names=names) if names else phrase("text_without_values")
                    checked.report(entry, (language, key), text, expected)


CHECKS = (
    _unique,
    _references,
    _dates,
    _people,
    _assignments,
    _overlaps,
    _municipalities,
    _packages,
    _owners,
    _money,
    _wording,
)
