"""
Words of health and of criminal record that stand beside one person, in one sentence.

A status may well be about depression or about crime among young people; it must not be about somebody's. So a word of
the lists counts only in a sentence that has a word for one person too: a pronoun, «eleven», an age, a name. The lists
are bokmål, nynorsk and English, and are stems: a word may go on.
"""

import re
from collections.abc import Iterator

_HEALTH = (
    r"[\w-]{0,20}diagnos",
    "adhd|asperger|autis|tourette|epilep|diabet|kreft|cancer|hiv|syk(?:e?meldt)?|sjuk(?:e?meld)?",
    "depresjon|depressi|deprimer|depress(?:ed|ion)|angst|anxiety|bipolar|psykose|psykot|psychos|psychot|schizo|ptsd",
    "traumatiser|spiseforstyrr|etevegr|anore[ck]|anorex|bulimi",
    "selvskad|sjølvskad|self-harm|selvmord|sjølvmord|suicid|overdos",
    "rus(?:avheng|misbruk|problem|er seg|ar seg|et|a)|alkohol(?:iker|ikar|problem)|addict",
    "gravid|pregnan|abort|utviklingshem|funksjonshem|funksjonsneds|disab",
    "innlagt|innlagd|tvangsinnl|hospitali[sz]|medisiner|antidepressiv|ritalin",
)
_CRIMINAL_RECORD = (
    "straffedom|straffed?øm|straffet|straffa|domfel|convict|dømt(?! til å)|dømd(?! til å)",
    "sikte[td](?! inn| mot| på)|sikta(?! inn| mot| på)|siktelse|tiltalt|tiltale|charged with|mistenk|suspected of",
    "anmeld[td]?|politianmeld|meldt? til politiet|pågrep|arrest|varetekt|fengs(?:l|el)|prison|jail",
    "rulleblad|criminal record|besøksforbud|voldsdom|valdsdom|tyveri|tjuveri|voldtekt|valdtekt",
)
_ONE_PERSON = re.compile(
    r"(?<![\w-])(?:"
    r"han|hans|ham|honom|hun|hennes|hennar|henne|ho|he|him|his|she"
    r"|(?:eleven|gutten|guten|jenta|jenten|barnet|ungdommen|deltakeren|deltakaren|brukeren|brukaren|pasienten|lærlingen"
    r"|studenten|mora|moren|faren|broren|søsteren|søstera|sønnen|sonen|datteren|dattera|the (?:boy|girl|pupil|child))s?"
    r"|\d{1,2}[- ]?åring(?:en|s|ens)?|\d{1,2} år gam[ml]\w+|\d{1,2}[- ]years?[- ]old"
    r"|(?:gutt|gut|jente|elev|boy|girl|pupil) (?:på |aged |\()\d{1,2}"
    r")(?![\w-])",
    re.IGNORECASE,
)
_NAME = r"[A-ZÆØÅÖÄ][a-zæøåöäé'-]+"
_FULL_NAME = re.compile(
    # A place or a partner comes after these words more often than a person does, unless something is told of them.
    rf"(?<![\w-])(?:(?P<beside>i|på|ved|fra|frå|hos|med|av|til|in|at|from|with|by) )?(?P<first>{_NAME})"
    rf"(?: [A-ZÆØÅ]\.)? (?P<last>{_NAME})(?![\w-])(?P<told>, (?:som|who)\b)?"
    r"(?! (?:videregående|vidaregåande|skole|skule|ungdomsskole|ungdomsskule|kommune|fylke|school))"
)
_FIRST_NAME = re.compile(
    rf"(?<![\w-])(?P<before>{_NAME} )?(?P<name>{_NAME}|[A-ZÆØÅ](?:\. ?[A-ZÆØÅ]){{0,2}}\.?)"
    r" (?:har|hadde|fikk|fekk|får|er|var|ble|blei|blir|vart|sliter|slit|lider|lid|tar|tek|sitter|sit|has|had|is|was)\b"
)
_ORGANISATION = re.compile(
    r"(?:Kors|Kommun|Fylke|Skole|Skule|Ungdom|Barne|Familie|Helse|Senter|Klinikk|Forening|Norge|Noreg|Stiftels|Nye|Den|Det"
    r"|Våre?|Our|Council|School|Centre)\w*|\w{3,}ens"
)
"""One of two capitalised words that make the name of an organisation or a place; also «Kirkens …»."""
_OPENER = re.compile(
    r"(?:Alle|Andre|Barn|Begge|De|Dei|Den|Denne|Dere|Det|Dette|Eg|Enkelte|Fleire|Flere|Få|Her|Hva|Hvem|I|Ingen|Jeg|Kva|Kven|Mange|Many"
    r"|Mye|Mykje|No|Noe|Nokre|Nå|Several|Some|Som|Somme|That|There|These|They|This|Ungdom|Vi|We|What|Who|You"
    r"|\w+(?:en|er|ene|ane|ar|et|ing|inga))"
)
"""A word that begins a sentence and is nobody's name: a pronoun, a number of people, a noun with its ending."""
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.](?=\S)|(?<=\b[A-ZÆØÅ])[.])+")
"""A point ends a sentence unless it stands within a word or after an initial."""


def _beginning(stems: tuple[str, ...]) -> re.Pattern[str]:
    # A word that a hyphen joins to another one is something else: «ADHD-kurset», «angst-gruppa».
    return re.compile(rf"(?<![\w-])(?:{'|'.join(stems)})\w*(?!-?\w)", re.IGNORECASE)


_HEALTH_WORDS, _CRIMINAL_WORDS = _beginning(_HEALTH), _beginning(_CRIMINAL_RECORD)


def health_of_somebody(text: str) -> Iterator[str]:
    """Find the sentences with a word of health and one person; give both words."""
    return _beside_somebody(_HEALTH_WORDS, text)


def criminal_record_of_somebody(text: str) -> Iterator[str]:
    """Find the sentences with a word of a criminal record and one person; give both words."""
    return _beside_somebody(_CRIMINAL_WORDS, text)


def _beside_somebody(words: re.Pattern[str], text: str) -> Iterator[str]:
    for sentence in _SENTENCE.findall(text):
        if (word := words.search(sentence)) and (person := _person(sentence)):
            yield f"{person} {word[0]}"


def _person(sentence: str) -> str:
    """Return the first word for one person in *sentence*; empty when there is none."""
    if (found := _ONE_PERSON.search(sentence)) is not None:
        return found[0]
    for full in _FULL_NAME.finditer(sentence):
        is_place = full["beside"] and not full["told"]
        if not is_place and not _ORGANISATION.fullmatch(full["first"]) and not _ORGANISATION.fullmatch(full["last"]):
            return f"{full['first']} {full['last']}"
    begins = len(sentence) - len(sentence.lstrip(" \t-–•*«\"'"))
    for one in _FIRST_NAME.finditer(sentence):
        opens = one.start() == begins and _OPENER.fullmatch(one["name"])
        if not one["before"] and not opens and not _ORGANISATION.fullmatch(one["name"]):
            return one["name"]
    return ""
