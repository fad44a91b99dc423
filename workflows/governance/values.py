"""Values that the papers' templates are filled with, made of an installation."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import texts
from config.fields import Value
from config.programme import Programme
from config.retention import RetentionKind
from config.values import Organisation, Role, Tenant
from workflows.governance.flows import chart_of, flows_of
from workflows.governance.model import (
    CriterionEvidence,
    Deployment,
    GrantedPermission,
    Installation,
    PackageComponent,
    ServicePart,
)
from workflows.governance.parts import ROOMS, is_in_use, reads_their_calendars, rooms_of, unjudged_rooms
from workflows.privacy.model import Holds, RecordKind, TableRule

LANGUAGE = "nb"
FOLDER = Path(__file__).parent / LANGUAGE
PERSONAL = (Holds.PERSON, Holds.IDENTIFIER, Holds.WORDS, Holds.ENTRIES, Holds.FILE)
"""Contents of columns that are personal data."""
ENDED_BY: Mapping[RetentionKind, tuple[RecordKind, ...]] = {
    RetentionKind.SESSIONS: (RecordKind.ACCESS,),
    RetentionKind.LINKS: (RecordKind.ACCESS,),
    RetentionKind.MESSAGES: (RecordKind.MESSAGES,),
    RetentionKind.DRAFTS: (RecordKind.STATUS,),
    RetentionKind.HISTORY: (RecordKind.HISTORY,),
    RetentionKind.PAPERS: (RecordKind.PAPERS, RecordKind.STATUS),
    RetentionKind.PEOPLE: (RecordKind.REGISTER, RecordKind.ACCOUNTS),
}
"""Kinds of data of which a rule of retention ends something."""
NEW_IN_2_2 = frozenset(["2.4.11", "2.5.7", "2.5.8", "3.2.6", "3.3.7", "3.3.8"])
FINGERPRINT_LENGTH = 12


def read_words(name: str) -> Any:
    """Return the content of one of the papers' YAML files."""
    import yaml

    return yaml.load((FOLDER / name).read_text("utf-8"), yaml.CSafeLoader)


def fingerprint(installation: Installation) -> str:
    """Return a short checksum of the whole installation, by which a paper says what it was made of."""
    made = hashlib.sha256()
    for piece in _written({field.name: getattr(installation, field.name) for field in fields(installation)}):
        made.update(piece.encode())
    return made.hexdigest()[:FINGERPRINT_LENGTH]


def _written(value: Any) -> Iterator[str]:
    """Give *value* as JSON, entry by entry: a country's programme in one piece takes more memory than itself."""
    match value:
        case Programme():
            yield from _written({name: getattr(value, name) for name in Programme.model_fields})
        case dict():
            for number, name in enumerate(sorted(value)):
                yield f"{', ' if number else '{'}{json.dumps(name)}: "
                yield from _written(value[name])
            yield "}" if value else "{}"
        case tuple():
            for number, item in enumerate(value):
                yield ", " if number else "["
                yield from _written(item)
            yield "]" if value else "[]"
        case _:
            yield json.dumps(value, sort_keys=True, ensure_ascii=False, default=_as_json)


def _as_json(value: object) -> object:
    match value:
        case Value():
            return value.model_dump(mode="json")
        case date():
            return value.isoformat()
        case Deployment() | GrantedPermission() | PackageComponent() | CriterionEvidence() | TableRule():
            return asdict(value)
    raise TypeError(f"{type(value).__name__} is no part of an installation")


def _table_name(table: str) -> str:
    """Return a table's name as people read it; one that has no text stands as it is kept."""
    key = f"access_request.table_{table}"
    return texts.say(key, LANGUAGE) if key in texts.keys(LANGUAGE) else table.replace("_", " ")


class PaperValues:
    """
    The values of all papers of an installation, by the names that the templates use.

    Each method makes one of them: the templates are the reason that there are so many.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._programme = installation.programme
        self.fingerprint = fingerprint(installation)

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """Words that several papers share."""
        found: Mapping[str, Any] = read_words("words.yaml")
        return found

    def all(self) -> Mapping[str, Any]:
        """Return every value by its name."""
        deployment = self._installation.deployment
        county = self._organisation(self._programme.county)
        return {
            "installation": self._installation,
            "programme": self._programme,
            "deployment": deployment,
            "county": county,
            "archive_owner": deployment.archive_owner or county.name,
            "about": lambda: self.words["about"].format(programme=self._programme.name, fingerprint=self.fingerprint),
            "date": lambda day: texts.short_date(day, LANGUAGE),
            "roles": self._roles(),
            "kinds": self._kinds(),
            "retention": self._retention(),
            "missing_rules": self._missing_rules(),
            "sign_in": self._sign_in(),
            "domains": sorted({item.domain for item in self._programme.organisations}),
            "organisations": self._organisations(),
            "parties": self._parties(),
            "identities": self._identities(),
            "parts": self._parts(),
            "principles": self._principles(),
            "unjudged": unjudged_rooms(self._installation),
            "reads_their_calendars": reads_their_calendars(self._installation),
            "flows": self._flows(),
            "criteria": self._criteria(),
            "evidence_states": self._evidence_states(),
            "protocol": [
                {**surface, "number": number} for number, surface in enumerate(read_words("protocol.yaml"), 1)
            ],
        }

    def _organisation(self, key: str) -> Organisation:
        return next(item for item in self._programme.organisations if item.key == key)

    def _roles(self) -> Sequence[Mapping[str, Any]]:
        holders = {(item.role, item.person) for item in self._programme.assignments}
        counts = Counter(role for role, _ in holders)
        return [
            {"name": texts.say(f"guests.role_{role}", LANGUAGE), "count": counts[role]} for role in Role if counts[role]
        ]

    def _kinds(self) -> Sequence[Mapping[str, Any]]:
        """Return each kind of data in the record: its tables, the personal data in it, and its rules."""
        found = []
        for kind in RecordKind:
            tables = [rule for rule in self._installation.tables.values() if rule.kind is kind]
            if not tables:
                continue
            held = {holds for rule in tables for holds in rule.columns.values()}
            found.append(
                {
                    "name": texts.say(f"access_request.kind_{kind}", LANGUAGE),
                    "why": texts.say(f"access_request.kind_{kind}_why", LANGUAGE),
                    "tables": [_table_name(rule.table) for rule in tables],
                    "personal": [self.words["holds"][holds.value] for holds in PERSONAL if holds in held],
                    "ends": self._ends(kind),
                }
            )
        return found

    def _ends(self, kind: RecordKind) -> Sequence[str]:
        return [
            self.words["ends"].format(
                name=self._rule_name(rule.kind), days=rule.days, counted_from=self._counted_from(rule.kind)
            )
            for rule in self._programme.retention
            if kind in ENDED_BY.get(rule.kind, ())
        ]

    def _retention(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": self._rule_name(rule.kind),
                "days": rule.days,
                "counted_from": self._counted_from(rule.kind),
                "reason": rule.reason,
            }
            for rule in self._programme.retention
        ]

    def _missing_rules(self) -> Sequence[str]:
        ruled = {rule.kind for rule in self._programme.retention}
        return [self._rule_name(kind).lower() for kind in RetentionKind if kind not in ruled]

    def _counted_from(self, kind: RetentionKind) -> str:
        known: Mapping[str, str] = self.words["counted_from"]
        return known.get(kind, known["other"])

    @staticmethod
    def _rule_name(kind: RetentionKind) -> str:
        return texts.say(f"terminal.retention_{kind}", LANGUAGE)

    def _sign_in(self) -> str:
        deployment = self._installation.deployment
        ways = (deployment.signs_in_with_entra, deployment.signs_in_with_ansattporten)
        key = {(True, True): "both", (True, False): "entra", (False, True): "ansattporten"}.get(ways, "none")
        said: str = self.words["sign_in"][key]
        return said

    def _organisations(self) -> Sequence[Mapping[str, Any]]:
        people = Counter(person.organisation for person in self._programme.people)
        return [
            {
                "name": item.name,
                "domain": item.domain,
                "people": people[item.key],
                "is_home": item.tenant is Tenant.HOME,
            }
            for item in self._programme.organisations
            if people[item.key]
        ]

    def _parties(self) -> Sequence[Mapping[str, Any]]:
        words = self.words["agreement"]
        found = []
        for partner in self._programme.partners:
            if partner.signs_agreement:
                party = self._organisation(partner.organisation)
                signed = partner.signed_on
                agreement = (
                    words["signed"].format(date=texts.short_date(signed, LANGUAGE)) if signed else words["planned"]
                )
                found.append({"name": party.name, "number": party.number, "agreement": agreement})
        return found

    def _identities(self) -> Sequence[Mapping[str, Any]]:
        names = self.words["identities"]
        return [
            {"name": names.get(key, key), "permissions": permissions}
            for key, permissions in self._installation.identities.items()
        ]

    def _parts(self) -> Sequence[Mapping[str, Any]]:
        described, threats = read_words("parts.yaml"), read_words("threats.yaml")
        return [
            {
                **described[part.value],
                "in_use": is_in_use(part, self._installation),
                "rooms": rooms_of(part, self._installation),
                "threats": [
                    {"name": self.words["stride"][kind], **threat} for kind, threat in threats[part.value].items()
                ],
            }
            for part in ROOMS
        ]

    def _principles(self) -> Sequence[Mapping[str, Any]]:
        """Return NSM's principles in their groups, each with the parts that have a measure for it."""
        described, threats = read_words("parts.yaml"), read_words("threats.yaml")
        named: dict[str, list[str]] = {}
        for part in ServicePart:
            for number in sorted({each for threat in threats[part].values() for each in threat["nsm"].split(", ")}):
                named.setdefault(number, []).append(described[part]["name"])
        return [
            {
                "number": number,
                "name": group["name"],
                "principles": [
                    {"number": each, "name": name, "parts": named.get(each, [])}
                    for each, name in group["principles"].items()
                ],
            }
            for number, group in read_words("principles.yaml").items()
        ]

    def _flows(self) -> Sequence[Mapping[str, Any]]:
        chart = chart_of(flows_of(self._installation), self.words)
        names = {box.key: box.name for box in chart.boxes}
        return [
            {
                "number": arrow.number,
                "source": names[arrow.source],
                "target": names[arrow.target],
                "words": arrow.words,
            }
            for arrow in chart.arrows
        ]

    def _criteria(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "number": number,
                "name": name,
                "evidence": [
                    self._evidence(item) for item in self._installation.evidence if item.number.startswith(f"{number}.")
                ],
            }
            for number, name in self.words["criteria"].items()
        ]

    def _evidence(self, item: CriterionEvidence) -> Mapping[str, Any]:
        name = texts.say(item.name_key, LANGUAGE)
        return {
            "number": item.number,
            "level": item.level,
            "name": self.words["new_in_2_2"].format(name=name) if item.number in NEW_IN_2_2 else name,
            "state": texts.say(item.state_key, LANGUAGE),
            "how": texts.say(item.how_key, LANGUAGE),
        }

    def _evidence_states(self) -> Sequence[Mapping[str, Any]]:
        counts = Counter(item.state_key for item in self._installation.evidence)
        return [{"name": texts.say(key, LANGUAGE), "count": count} for key, count in counts.items()]
