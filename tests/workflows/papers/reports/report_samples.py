"""Reports with full, sparse and hostile data, for tests."""

from dataclasses import replace
from datetime import date, datetime

from workflows.papers.reports.model import (
    BoardReport,
    FollowUpLine,
    MeetingFacts,
    MunicipalityLine,
    OwnerSummary,
)
from workflows.papers.reports.owner_parts import (
    AgreementLine,
    CalendarLine,
    IndicatorSum,
    PackageLight,
    PassedOn,
    SettledBelow,
)
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.reports.parts import (
    ActivityLine,
    AnsweredQuestion,
    BudgetFigure,
    ChangeKind,
    CorrectedText,
    ReportChange,
    WantedDecision,
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
            IndicatorLine(
                key="plasser",
                name="Praksisplasser",
                unit="antall",
                better="higher",
                baseline=0,
                target=12000,
                previous=7.5,
                now=10500,
                trend=((date(2026, 4, 14), 4.0), (date(2026, 6, 9), 7.5), (date(2026, 9, 8), 10500.0)),
            ),
            IndicatorLine(key="fravaer", name="Fravær", unit="prosent", better="lower", target=4, previous=6.25),
        ),
        outlook="Nye lokaler kan bli ledige på nyåret.",
        weight="opportunity_1_2",
        unchanged={"next": date(2026, 6, 9)},
        until=date(2027, 6, 30),
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
    PackageReport(
        key="aere",
        name="Ære den som æres bør",
        lead="Leder av ære",
        light="grey",
        outlook="To lærere slutter til jul.",
        weight="risk_2_2",
    ),
    PackageReport(
        key="stille",
        name="Stille avdeling",
        lead="Leder i stillhet",
        light="missing",
        previous_light="done",
        last_light="done",
        last_on=date(2026, 4, 14),
        missing_rounds=2,
    ),
)
FULL = replace(
    FULL,
    assessment="Praksisplassene trenger lokaler nå. Ellers går det som planlagt.",
    assessed_by="Lokal leder Å-dal",
    wanted=(
        WantedDecision(
            package="praksis",
            question="Kan vi bruke møterommene to ettermiddager i uka?",
            proposal="Styret ber kommunen stille to rom til disposisjon ut året.",
            view="Jeg støtter forslaget.",
        ),
        WantedDecision(package="ovelse", question="Kan vi flytte oppstarten?"),
    ),
    changes=(
        ReportChange(package="praksis", kind=ChangeKind.LIGHT, before="yellow", now="red"),
        ReportChange(package="praksis", kind=ChangeKind.HINDERS),
        ReportChange(package="praksis", kind=ChangeKind.OUTLOOK),
        ReportChange(package="praksis", kind=ChangeKind.NUMBER, name="Praksisplasser", before=7.5, now=10500.0),
        ReportChange(package="praksis", kind=ChangeKind.UNTIL, now="2027-06-30"),
        ReportChange(package="ovelse", kind=ChangeKind.LEAD, before="Leder av øvelse", now=""),
        ReportChange(package="ovelse", kind=ChangeKind.HINDERS_GONE),
        ReportChange(package="ovelse", kind=ChangeKind.NEXT),
        ReportChange(package="aere", kind=ChangeKind.FIRST_LIGHT, now="grey"),
        ReportChange(package="Første forsøk", kind=ChangeKind.ENDED),
    ),
    previous_day=date(2026, 6, 9),
    budget=(
        BudgetFigure(purpose="Driftsmidler til den enkelte kommune", amount=50_000, spent=12_500),
        BudgetFigure(purpose="Kurs", amount=None, spent=0),
    ),
    activities=(
        ActivityLine(text="Felles kompetansedag", state="under_way", responsible="Lokal leder"),
        ActivityLine(text="Rekruttere bedrifter", state="not_begun"),
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
        hinders=HOSTILE,
        outlook=HOSTILE,
        weight="risk_1_1",
        indicators=(IndicatorLine(name=HOSTILE, unit=HOSTILE, better="higher", now=1e15),),
    ),
    location=HOSTILE,
)
ATTACK = replace(
    ATTACK,
    assessment=HOSTILE,
    assessed_by=HOSTILE,
    wanted=(WantedDecision(package="x", question=HOSTILE, proposal=HOSTILE, view=HOSTILE),),
    answered=(
        AnsweredQuestion(
            package=HOSTILE, question=HOSTILE, answer=HOSTILE, by="owner", label="3/26", state="unsolved", words=HOSTILE
        ),
    ),
    changes=(
        ReportChange(package=HOSTILE, kind=ChangeKind.ENDED),
        ReportChange(package="x", kind=ChangeKind.LEAD, now=HOSTILE),
    ),
    budget=(BudgetFigure(purpose=HOSTILE, amount=1, spent=2),),
    activities=(ActivityLine(text=HOSTILE, state="under_way", responsible=HOSTILE),),
    follow_up=(FollowUpLine(key="a-dal/2026-06-16/1", label="", text=HOSTILE, words=HOSTILE, who=HOSTILE),),
    edition=2,
    corrected_because=HOSTILE,
    corrected=(CorrectedText(package="", field="assessment"), CorrectedText(package=HOSTILE, field="done")),
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
            missing=("Stille avdeling",),
            packages=(
                PackageLight(key="praksis", name="Praksisplasser for alle", light="red", before="yellow"),
                PackageLight(key="ovelse", name="Øvelse gjør mester", light="green", before="green"),
                PackageLight(key="stille", name="Stille avdeling", light="missing"),
            ),
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
    passed_on=(
        PassedOn(
            municipality="Adal",
            package="Praksisplasser for alle",
            question="Kan vi bruke møterommene?",
            proposal="Ja, ut året.",
            decision="Styret ber eierstyret avgjøre leien.",
            decided_on=date(2026, 11, 10),
            view="Fylket kan leie ut rom på skolene.",
        ),
        PassedOn(municipality="Øvik", package="Jobbsmak", question=HOSTILE),
    ),
    settled=(
        SettledBelow(municipality="Adal", package="Jobbsmak", on=date(2026, 11, 10), label="3/26"),
        SettledBelow(municipality="Øvik", package="Jobbsmak", on=date(2026, 10, 2)),
    ),
    sums=(IndicatorSum(name="Praksisplasser", unit="plasser", now=42, target=60, counted=2, of=3),),
    agreements=(
        AgreementLine(partner="Adal kommune", municipality="Adal", state="missing"),
        AgreementLine(partner="Øvik kommune", state="expires", on=date(2027, 1, 31)),
        AgreementLine(partner="NAV", state="missing"),
    ),
    calendar=(
        CalendarLine(on=date(2027, 1, 12), board="Styret i Adal"),
        CalendarLine(on=date(2027, 1, 20), board="Styret på Øvik"),
        CalendarLine(on=date(2027, 3, 2), board="Styret i Adal"),
    ),
    summing_up="Det går framover i to av tre kommuner.",
    summed_by="Fylkesleder",
)


def follow_up(key: str, *, words: str = "") -> FollowUpLine:
    return FollowUpLine(key=key, label="7/26", text="Vi gjør det.", words=words)


FOLLOWED = replace(
    FULL,
    answered=(
        AnsweredQuestion(
            package="Stille avdeling",
            question="Hvem betaler skyss?",
            answer="Fylket, ut skoleåret.",
            by="owner",
            label="3/26",
            state="answered",
        ),
    ),
    follow_up=(
        FollowUpLine(
            key="a-dal/2026/7",
            label="7/26",
            text="Styret ber kommunen stille to rom til disposisjon ut året.",
            who="Praksisplasser for alle",
            words="Vi har fått det ene rommet.",
        ),
        FollowUpLine(key="a-dal/2026-06-16/1", label="", text="Skrive til fylket.", due_on=date(2026, 9, 1)),
    ),
)
