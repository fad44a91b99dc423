"""A small invented programme: a county, two municipalities, one of them with a name that is hard to write."""

from pathlib import Path

import pytest

from config.loading import load_programme
from config.problems import InvalidInput

DAL = "municipalities/dal.yaml"

FILES = {
    "programme.yaml": """\
programme:
  key: unge
  name: Unge i Fjordfylket
  local_name: Unge i {municipality}
  first_day: 2026-01-01
  last_day: 2027-12-31
  county: fylket
partners:
  - {organisation: fylket}
""",
    "organisations.yaml": """\
organisations:
  - {key: fylket, name: Fjordfylket, kind: county, tenant: home, domain: fylket.example}
  - {key: dal-kommune, name: Dal kommune, kind: municipality, tenant: guest, domain: dal.example}
""",
    "people.yaml": """\
people:
  - {key: eier-1, name: Eier én, email: eier1@fylket.example, organisation: fylket}
  - {key: eier-2, name: Eier to, email: eier2@fylket.example, organisation: fylket}
  - {key: leder, name: Leder, email: leder@fylket.example, organisation: fylket}
assignments:
  - {person: eier-1, role: team_owner}
  - {person: eier-2, role: team_owner}
  - {person: leder, role: county_lead}
""",
    "template.yaml": """\
places:
  municipality:
    per: municipality
    name: Unge {municipality}
    mail_nickname: unge-{municipality}
    members: [board_chair, local_lead, work_package_lead, county_lead]
    channels:
      - {key: board, name: Styret}
      - {key: package, name: "{work_package}", per: work_package}
    lists:
      - key: reports
        name: Rapporter
        source: reports
        columns:
          - {name: MeetingDate, label: Møtedato, kind: date}
    landing_title: Unge i {municipality}
    landing_intro: Velkommen.
bodies:
  local-board:
    per: municipality
    kind: local_board
    name: Styret i {municipality}
    chair: board_chair
    members: [local_lead]
    optional: [county_lead]
    rhythm: {starts: "09:00"}
    rounds: {opens: 21, deadline: 10}
""",
    "calendar.yaml": """\
school_breaks:
  - {school_year: 2026/27, kind: autumn, first: 2026-10-05, last: 2026-10-09}
days_off: [2026-12-24]
""",
    "municipalities/dal.yaml": """\
municipality: {slug: dal, number: "9901", name: Dal, organisation: dal-kommune}
people:
  - {key: sjef, name: Oppvekstsjef Dal, email: sjef@dal.example, organisation: dal-kommune}
  - {key: lokal, name: Lokal leder Dal, email: lokal@dal.example, organisation: dal-kommune}
assignments:
  - {person: sjef, role: board_chair}
  - {person: lokal, role: local_lead}
  - {person: leder, role: work_package_lead, work_package: dal-verksted}
work_packages:
  - key: dal-verksted
    name: Verksted
    indicators:
      - {key: plasser, name: Plasser}
""",
}

ANOTHER = """\
municipality: {slug: sor-a-og-ovre-sjo, number: "9902", name: Sør-Å og Øvre Sjø, organisation: sor-a-kommune}
organisations:
  - {key: sor-a-kommune, name: Sør-Å og Øvre Sjø kommune, kind: municipality, tenant: guest, domain: sor-a.example}
people:
  - {key: sjef-sor-a, name: Oppvekstsjef Sør-Å, email: sjef@sor-a.example, organisation: sor-a-kommune}
  - {key: lokal-sor-a, name: Lokal leder Sør-Å, email: lokal@sor-a.example, organisation: sor-a-kommune}
assignments:
  - {person: sjef-sor-a, role: board_chair}
  - {person: lokal-sor-a, role: local_lead}
  - {person: lokal-sor-a, role: work_package_lead, work_package: sor-a-baten}
work_packages:
  - {key: sor-a-baten, name: Båten på øya}
overrides:
  places:
    municipality:
      channels:
        - {key: board, name: Rådslaget}
  bodies:
    local-board:
      rhythm: {starts: "12:30"}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a programme and return their folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Write the sample programme with one change in one of its files and return its folder."""
    assert old in FILES[name]
    return write(folder, FILES | {name: FILES[name].replace(old, new, 1)})


def problems_of(folder: Path) -> list[str]:
    """Return everything that loading the folder refuses, with paths as they stand in it."""
    with pytest.raises(InvalidInput) as caught:
        load_programme(folder)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]
