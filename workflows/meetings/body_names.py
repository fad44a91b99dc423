"""Names of bodies as one reader sees them: two that bear the same name are told apart."""

from collections import Counter
from collections.abc import Iterable, Mapping

import texts
from config.programme import Programme
from config.values import Body


def tell_apart(programme: Programme, bodies: Iterable[Body], language: str) -> Mapping[str, str]:
    """
    Return each body's name by its key.

    Where several of *bodies* bear one name, each says its kind of meeting too; where that is the same, its
    municipality.
    """
    several = list(bodies)
    same_name = Counter(body.name for body in several)
    same_kind = Counter((body.name, body.kind) for body in several)
    return {
        body.key: _name(programme, body, language, alone=same_kind[body.name, body.kind] == 1)
        if same_name[body.name] > 1
        else body.name
        for body in several
    }


def _name(programme: Programme, body: Body, language: str, *, alone: bool) -> str:
    kind = texts.say(f"meetings.kind_{body.kind}", language)
    place = programme.municipality(body.municipality).name if body.municipality else programme.name
    about = kind if alone else texts.say("meetings.kind_in", language, kind=kind, place=place)
    return texts.say("meetings.name_of_kind", language, body=body.name, kind=about)
