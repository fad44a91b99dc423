"""Items of a body's agenda (saker) as cases: the key of one, and the rows of the record that treat it."""

from collections.abc import Mapping
from typing import Any

from config.programme import Programme
from workflows.papers.agendas.model import ItemKind, item_label
from workflows.privacy.model import RecordRow

Cases = Mapping[str, frozenset[str]]
"""By the key of a case, the keys of its question and of its proposal, which lead on to their rows."""


def case_key(body: str, year: int, number: int) -> str:
    """Return the key of a body's item, which is that of its decision: `board/2026/12`."""
    return f"{body}/{year}/{number}"


def find_case_title(programme: Programme, key: str) -> str | None:
    """Return a case as people speak of it, such as «12/26, Styret»; None for what is the key of no case."""
    parts = key.split("/")
    body = programme.find_body(parts[0])
    if body is None or len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts[1:]):
        return None
    return f"{item_label(int(parts[1]), int(parts[2]))}, {body.name}"


def cases_in(row: RecordRow) -> Cases:
    """Return the cases that a row treats."""
    values = row.values
    match row.rule.table:
        case "agenda" | "minutes":
            content, body = values["content"], values["meeting"].partition("/")[0]
            items = content.get("items", ())
            return {
                case_key(body, content["year"], item["number"]): _led_on_to(item, values["meeting"]) for item in items
            }
        case "action_item" if values["content"].get("number"):
            content = values["content"]
            return {case_key(values["body"], content["year"], content["number"]): frozenset()}
        case "agenda_proposal":
            return {_proposal_key(values["meeting"], f"{values['person']}/{values['number']}"): frozenset()}
    return {}


def _led_on_to(item: Mapping[str, Any], meeting: str) -> frozenset[str]:
    keys = {item.get("question") or ""}
    if item.get("kind") == ItemKind.PROPOSAL:
        keys.add(_proposal_key(meeting, item["key"].partition("/")[2]))
    return frozenset(keys - {""})


def _proposal_key(meeting: str, proposal: str) -> str:
    return f"proposal:{meeting}/{proposal}"
