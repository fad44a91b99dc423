"""The audit in a reader's words, and as the rows of a file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from urllib.parse import urlsplit

import texts
from config.programme import Programme
from workflows.operations.audit import AuditAct, AuditEntry, BrokenAt
from workflows.origin import BY_LINK, BY_TEAMS
from workflows.papers.agendas.model import item_label

COLUMNS = (
    *("number", "at", "actor", "on_behalf", "action", "subject", "surface", "sign_in", "details"),
    *("previous_hash", "hash"),
)
"""The columns of the exported file: all that a hash covers, as it is stored."""


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One entry in words."""

    number: int
    at: datetime
    actor: str
    on_behalf: str
    action: str
    subject: str
    surface: str
    sign_in: str


class AuditWords:
    """
    Words of one language for what stands in the audit. The programme gives keys their names.

    *asked_by*: the work packages of the questions that `questions_in` lists.
    """

    def __init__(
        self, programme: Programme | None, language: str, *, asked_by: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._programme = programme
        self._language = language
        self._asked_by = asked_by

    def line(self, entry: AuditEntry) -> AuditLine:
        """Return an entry in words, its moment in the programme's local time."""
        act = entry.act
        return AuditLine(
            number=entry.number,
            at=act.at if self._programme is None else self._programme.local_time(act.at),
            actor=self._name(act.actor) if act.actor else self._say("nobody"),
            on_behalf=self._name(act.on_behalf),
            action=self.action(act),
            subject="" if act.subject == act.actor else self._name(act.subject),
            surface=self._say(f"surface_{act.surface or 'unknown'}"),
            sign_in=self._sign_in(act.sign_in),
        )

    def action(self, act: AuditAct) -> str:
        """Return what was done; an action that this version has no words for stands for itself."""
        subject, _, rest = act.action.partition(".")
        code = act.action.replace(".", "_")
        keys = texts.keys(self._language)
        wanted = f"register.act_{rest.replace('.', '_')}" if subject == "register" else f"audit.act_{code}"
        return texts.say(wanted, self._language) if wanted in keys else act.action

    def broken(self, found: BrokenAt) -> str:
        """Say where a chain does not hold, and how."""
        return self._say(f"broken_{found.why}", number=found.number)

    def _name(self, key: str) -> str:
        """Return the name of a person, municipality, package or body; a meeting's with its day, a question's asker."""
        if self._programme is None or not key:
            return key
        if key in self._asked_by:
            return self._say("question_of", package=self._name(self._asked_by[key]))
        look_ups = (
            self._programme.find_person,
            self._programme.find_municipality,
            self._programme.find_work_package,
            self._programme.find_body,
        )
        found = next((found for look_up in look_ups if (found := look_up(key)) is not None), None)
        return found.name if found is not None else self._meeting(key)

    def _meeting(self, key: str) -> str:
        """
        Return `Styret i Dal, 8. september 2026`, with a package's name where one follows, or `Styret i Dal, sak 3/26`.

        Anything else is *key* itself.
        """
        body_key, _, rest = key.partition("/")
        day, _, package = rest.partition("/")
        body = self._programme.find_body(body_key) if self._programme else None
        try:
            named = texts.short_date(date.fromisoformat(day), self._language)
        except ValueError:
            if body is not None and day.isdigit() and package.isdigit():
                return self._say("matter", body=body.name, label=item_label(int(day), int(package)))
            return key
        return ", ".join(filter(None, (self._name(package), body.name if body else body_key, named)))

    def _sign_in(self, sign_in: str) -> str:
        if sign_in in (BY_LINK, BY_TEAMS):
            return self._say(f"sign_in_{sign_in}")
        return urlsplit(sign_in).hostname or sign_in

    def _say(self, key: str, **values: object) -> str:
        return texts.say(f"audit.{key}", self._language, **values)


def questions_in(entries: Iterable[AuditEntry]) -> frozenset[str]:
    """Return the ids of the questions that entries are about."""
    return frozenset(entry.act.subject for entry in entries if entry.act.action.startswith("question."))


def audit_row(entry: AuditEntry) -> Sequence[str | int]:
    """Return an entry as a row below `COLUMNS`."""
    act = entry.act
    moment = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    details = json.dumps(dict(act.details), sort_keys=True, separators=(",", ":"))
    who = (act.actor, act.on_behalf, act.action, act.subject, act.surface, act.sign_in)
    return (entry.number, moment, *who, details, entry.previous_hash, entry.hash)
