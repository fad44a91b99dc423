"""False alarms of the privacy guard about numbers that are nobody's: `python -m benchmarks.privacy_guard`.

Every sample is drawn with a fixed seed, so that the figures in docs/privacy-guard.md can be had again.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from workflows.privacy_guard import Doubt, doubts, holds_national_id

SAMPLES = 100_000
SEED = 365
MAX_TEXT = 1000
ASKED = (Doubt.NATIONAL_ID, Doubt.PHONE, Doubt.HEALTH, Doubt.CRIMINAL_RECORD)
LONG_TEXTS = {
    "ordinary words and numbers": "Vi har fylt 12 av 40 plasser, og møtes 08.09.2026 kl. 09.00. ",
    "words about people": "Eleven fikk plass. Hun er fornøyd, og Ola Nordmann har bestilt rom. ",
    "one long word": "a",
    "one long address": "a@a.",
    "dates": "01.01.90 ",
    "U+3316, a sign that is six": "㌖",
    "U+FDFA, a sign that is eighteen": "ﷺ",
}
"""Texts that take the guard long, each repeated to a field's length."""


def elevens(source: random.Random) -> str:
    """Return eleven digits as they fall."""
    return f"{source.randrange(10**11):011}"


def accounts(source: random.Random) -> str:
    """Return a bank account number with a check digit that fits, written as they are: 1234.56.78901."""
    while True:
        first = f"{source.randrange(10**10):010}"
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11
        if rest != 1:
            digits = f"{first}{(11 - rest) % 11}"
            return f"{digits[:4]}.{digits[4:6]}.{digits[6:]}"


def plain_accounts(source: random.Random) -> str:
    """Return the same without points."""
    return accounts(source).replace(".", "")


def organisations(source: random.Random) -> str:
    """Return nine digits, as an organisation number is written."""
    number = f"{source.choice('89')}{source.randrange(10**8):08}"
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def dates_and_sums(source: random.Random) -> str:
    """Return a date followed by a sum, as in a sentence about a budget."""
    day = date(2025, 1, 1) + timedelta(days=source.randrange(1095))
    return f"{day:%d.%m.%y} {source.randrange(10_000, 100_000)} kroner"


def dates_and_far_sums(source: random.Random) -> str:
    """Return a date with the whole year, and a sum later in the sentence."""
    day = date(2025, 1, 1) + timedelta(days=source.randrange(1095))
    return f"Møtet {day:%d.%m.%Y} ga oss {source.randrange(10_000, 100_000)} kroner til tiltak."


def moments(source: random.Random) -> str:
    """Return a day and the hours of a meeting, as they are written."""
    day, hour = date(2025, 1, 1) + timedelta(days=source.randrange(1095)), source.randrange(8, 22)
    return f"{day:{source.choice(('%d.%m.%Y', '%d.%m.%y', '%Y-%m-%d', '%d-%m-%Y'))}} kl. {hour:02}.00-{hour + 1:02}.30"


def years(source: random.Random) -> str:
    """Return two years, and two counts or sums beside each other."""
    year, count = source.randrange(2015, 2040), source.randrange(1000, 10_000)
    return f"{year}{source.choice('-– /')}{year + 1}: {count}-{count + source.randrange(500)}"


def sums(source: random.Random) -> str:
    """Return an amount of money in groups of three."""
    return f"{source.randrange(1_000, 100_000_000):,} kroner".replace(",", " ")


def counts(source: random.Random) -> str:
    """Return a sentence with the numbers that status texts are full of."""
    places, week, year = source.randrange(500), source.randrange(1, 53), source.randrange(2025, 2028)
    return f"{places} av {places + source.randrange(99)} plasser er fylt i uke {week}, {year}–{year + 1}."


_MANY = (
    *("Flere", "Mange ungdommer", "Elevene", "Vi", "Skolene", "Larvik kommune", "Helsestasjonen", "Teamet", "Styret"),
    *("Røde Kors", "Mental Helse Ungdom", "Kirkens Bymisjon", "Fontenehuset", "NAV", "Ungdomsrådet", "Foreldrene"),
)
_DO = ("har hatt kurs om", "arbeider med", "ser mer", "får hjelp mot", "har fått penger til tiltak mot", "har spurt om")
_THEMES = (
    "angst og depresjon",
    "rusmisbruk",
    "tyverier",
    "selvskading",
    "ADHD",
    "spiseforstyrrelser",
    "rus og fengsel",
)
_PLACES = (
    *("Larvik", "Nye Vest skole", "hele kommunen", "Ungdomshuset Fokus", "Tønsberg og Færder"),
    *("Thor Heyerdahl videregående", "Horten Videregående", "Store Standard"),
)
_ONE = ("Hun", "Eleven", "Kari", "Ola Nordmann", "En 15-åring", "K.", "Faren", "Guten", "Vi ser at Peter", "Karen")
_IS = ("har fått en ADHD-diagnose", "er dømt for tyveri", "sliter med angst", "er innlagt", "er siktet", "er sykemeldt")


def themes(source: random.Random) -> str:
    """Return a sentence about health or crime among many, as status texts have them."""
    return f"{source.choice(_MANY)} {source.choice(_DO)} {source.choice(_THEMES)} i {source.choice(_PLACES)}."


def somebody(source: random.Random) -> str:
    """Return a sentence about one person's health or criminal record: this should be asked about."""
    return f"{source.choice(_ONE)} {source.choice(_IS)}, og går på skole i {source.choice(_PLACES)}."


KINDS: tuple[Callable[[random.Random], str], ...] = (
    elevens,
    accounts,
    plain_accounts,
    organisations,
    dates_and_sums,
    dates_and_far_sums,
    moments,
    years,
    sums,
    counts,
    themes,
    somebody,
)


def measure() -> Iterator[str]:
    """Yield a line for each kind of text."""
    yield f"{'kind':<20}{'blocked':>10}{'asked: id':>12}{'phone':>9}{'health':>9}{'record':>9}"
    for kind in KINDS:
        source = random.Random(SEED)  # noqa: S311 - a sample
        blocked, asked = 0, Counter[Doubt]()
        for _ in range(SAMPLES):
            text = kind(source)
            blocked += holds_national_id(text)
            asked.update({item.doubt for item in doubts(text)})
        counted = (blocked, *(asked[doubt] for doubt in ASKED))
        yield "{:<20}{:>9.2f}%{:>11.2f}%{:>8.2f}%{:>8.2f}%{:>8.2f}%".format(
            kind.__name__, *(100 * count / SAMPLES for count in counted)
        )
    for name, part in LONG_TEXTS.items():
        text = (part * MAX_TEXT)[:MAX_TEXT]
        started = time.perf_counter()
        for _ in range(100):
            holds_national_id(text)
            doubts(text)
        yield f"{MAX_TEXT:,} characters of {name}: {(time.perf_counter() - started) * 10:.1f} ms"


if __name__ == "__main__":
    for line in measure():
        sys.stdout.write(f"{line}\n")
