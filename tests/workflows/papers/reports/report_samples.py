"""Reports with full, sparse and hostile data, for tests."""

from dataclasses import replace
from datetime import date, datetime

from workflows.papers.reports.model import (
    BoardReport,
    FollowUpLine,
    IndicatorLine,
    LiftedQuestion,
    MeetingFacts,
    MunicipalityLine,
    OwnerSummary,
    PackageReport,
)

HOSTILE = (
    "<script>alert('x')</script> & \"#panic()\" $x$ *fet* = Overskrift\n// \u202e\x00 \U0001f600 {{ say }} </table>"
)


def meeting(key: str = "a-dal/2026-09-08", *, location: str = "Rådhuset") -> MeetingFacts:
    body, _, day = key.partition("/")
    return MeetingFacts(
        key=key,
        body=body,
        starts_local=datetime.fromisoformat(f"{day}T09:00"),
        ends_local=datetime.fromisoformat(f"{day}T11:00"),
        location=location,
    )


def board_report(*packages: PackageReport, location: str = "Rådhuset") -> BoardReport:
    return BoardReport(
        meeting=meeting(location=location),
        municipality="a-dal",
        municipality_name="Å-dal",
        name="Våre unge Å-dal",
        packages=packages,
    )


FULL = board_report(
    PackageReport(
        key="praksis",
        name="Praksisplasser for alle",
        lead="Leder av praksis",
        light="red",
        previous_light="yellow",
        done="Kursplanen er klar.\nElleve deltakere står på lista.",
        next="Vi starter så snart vi har lokaler.",
        hinders="Vi har ingen lokaler etter 1. oktober.",
        question="Kan vi bruke møterommene to ettermiddager i uka?",
        proposal="Styret ber kommunen stille to rom til disposisjon ut året.",
        indicators=(
            IndicatorLine(name="Praksisplasser", unit="antall", better="higher", target=12000, previous=7.5, now=10500),
            IndicatorLine(name="Fravær", unit="prosent", better="lower", target=4, previous=6.25),
        ),
    ),
    PackageReport(
        key="ovelse",
        name="Øvelse gjør mester",
        lead="",
        light="green",
        previous_light="green",
        done="Seks bedrifter har hatt besøk.",
        on_behalf=True,
    ),
    PackageReport(key="aere", name="Ære den som æres bør", lead="Leder av ære", light="grey"),
    PackageReport(
        key="stille", name="Stille avdeling", lead="Leder i stillhet", light="missing", previous_light="done"
    ),
)
EMPTY = board_report(
    PackageReport(key="praksis", name="Praksis", lead="Leder av praksis", light="missing"), location=""
)
NO_PACKAGES = board_report()
ATTACK = board_report(
    PackageReport(
        key="x",
        name=HOSTILE,
        lead=HOSTILE,
        light="yellow",
        done=HOSTILE,
        question=HOSTILE,
        proposal=HOSTILE,
        indicators=(IndicatorLine(name=HOSTILE, unit=HOSTILE, better="higher", now=1e15),),
    ),
    location=HOSTILE,
)
SUMMARY = OwnerSummary(
    meeting=meeting("owner-board/2026-12-01"),
    name="Eierstyret",
    municipalities=(
        MunicipalityLine(
            slug="a-dal",
            name="Adal",
            report_meeting="a-dal/2026-11-10",
            report_day=date(2026, 11, 10),
            is_new=True,
            counts={"green": 2, "yellow": 1, "red": 1, "grey": 0, "done": 0, "missing": 1},
            red=("Praksisplasser for alle",),
            questions=(
                LiftedQuestion(
                    package="Praksisplasser for alle",
                    question="Kan vi bruke møterommene?",
                    proposal="Ja, ut året.",
                    stands_still=True,
                ),
                LiftedQuestion(package="Øvelse gjør mester", question="Kan vi flytte oppstarten?"),
            ),
            missing=("Stille avdeling",),
        ),
        MunicipalityLine(
            slug="o-vik",
            name="Øvik",
            report_meeting="o-vik/2026-09-22",
            report_day=date(2026, 9, 22),
            counts={"green": 3, "yellow": 0, "red": 0, "grey": 0, "done": 1, "missing": 0},
        ),
        MunicipalityLine(slug="a-mot", name="Åmot"),
    ),
    is_first=False,
    now_red=(("Adal", "Praksisplasser for alle"),),
    no_longer_red=(("Øvik", "Jobbsmak"),),
)


def follow_up(key: str, *, words: str = "") -> FollowUpLine:
    return FollowUpLine(key=key, label="7/26", text="Vi gjør det.", words=words)


FOLLOWED = replace(
    FULL,
    follow_up=(
        FollowUpLine(
            key="a-dal/2026/7",
            label="7/26",
            text="Styret ber kommunen stille to rom til disposisjon ut året.",
            who="Praksisplasser for alle",
            words="Vi har fått det ene rommet.",
        ),
        FollowUpLine(key="a-dal/2026-06-16/1", label="", text=HOSTILE, due_on=date(2026, 9, 1)),
    ),
)
