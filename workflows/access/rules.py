"""The rules of access: roles come from the register as it is on that day, and from nowhere else."""

from collections.abc import Iterator
from datetime import date

from config.programme import Programme
from config.values import Assignment, Role
from workflows.access.model import HeldRole, Reader, Right, Where


def reader_of(programme: Programme, person: str, today: date) -> Reader | None:
    """Return the reader that *person* is *today*; None for one without any role then, or unknown to the register."""
    found = programme.find_person(person)
    held = [item for item in programme.assignments_of(person) if item.holds(today)]
    roles = frozenset(role for item in held for role in _held_role(programme, item, today))
    if found is None or not roles:
        return None
    return Reader(
        person=person,
        name=found.name,
        language=found.language,
        roles=roles,
        bodies=frozenset(body.key for body in programme.bodies_of(person, today)),
    )


def _held_role(programme: Programme, item: Assignment, today: date) -> Iterator[HeldRole]:
    """Give the role of an assignment, unless its package or its municipality's part in the programme has ended."""
    municipality = item.municipality
    if item.work_package is not None:
        package = programme.work_package(item.work_package)
        municipality = package.municipality
        if package.has_ended(today):
            return
    if programme.takes_part(municipality, today):
        yield HeldRole(role=item.role, municipality=municipality, work_package=item.work_package)


def find_where(
    programme: Programme, *, municipality: str | None = None, work_package: str | None = None, body: str | None = None
) -> Where | None:
    """
    Return the place that an address names; None when there is no such place.

    A package or body of another municipality than the one that is named beside it is none.
    """
    package = programme.find_work_package(work_package) if work_package is not None else None
    found_body = programme.find_body(body) if body is not None else None
    if (work_package is not None and package is None) or (body is not None and found_body is None):
        return None
    if municipality is not None and programme.find_municipality(municipality) is None:
        return None
    homes: set[str | None] = {municipality} if municipality is not None else set()
    homes |= {package.municipality} if package is not None else set()
    homes |= {found_body.municipality} if found_body is not None else set()
    if len(homes) > 1:
        return None
    boards = frozenset(package.boards) if package is not None else frozenset[str]()
    return Where(municipality=next(iter(homes), None), work_package=work_package, body=body, boards=boards)


NOWHERE = Where()
"""The place of pages about the programme as a whole."""


def boards_seen(reader: Reader, where: Where) -> frozenset[str] | None:
    """
    Return the municipalities whose boards' part of a package *reader* may see; None: all of it.

    The local lead of another board that it reports to sees that board's part.
    """
    looks_after = reader.runs_programme or where.municipality in reader.looks_after
    return None if looks_after or where.work_package in reader.packages else where.boards & reader.looks_after


def may(reader: Reader, right: Right, where: Where = NOWHERE) -> bool:
    """Return True when *reader* has *right* there."""
    if right is Right.TAKE_PART or reader.runs_programme:
        return True
    looks_after = where.municipality in reader.looks_after
    match right:
        case Right.LOOK_AFTER:
            return looks_after
        case Right.SEE_MUNICIPALITY:
            return where.municipality in reader.municipalities
        case Right.SEE_PACKAGE:
            return boards_seen(reader, where) != frozenset()
        case Right.LEAD_PACKAGE:
            return looks_after or where.work_package in reader.led_packages
        case Right.SEE_BOARD:
            return looks_after or where.body in reader.bodies
        case Right.SEE_LESSONS:
            return reader.has(Role.WORK_PACKAGE_LEAD) or reader.has(Role.LOCAL_LEAD)
        case Right.SEE_IT:
            return reader.has(Role.TEAM_OWNER)
        case _:
            return False
