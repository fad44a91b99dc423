"""A fresh sandbox for each test, over a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.sandbox import RunningSandbox, running_sandbox

TENANT = """
identities:
  hands:
    client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0001
    permissions:
      - User.Invite.All
      - GroupMember.ReadWrite.All
      - Sites.Selected
      - exchange:Calendars.ReadWrite
      - exchange:Mail.ReadWrite
      - exchange:Mail.Send
      - ChannelSettings.Read.Group
      - Channel.Create.Group
      - ChannelMember.ReadWrite.Group
      - TeamsTab.Read.Group
      - TeamsTab.Create.Group
  builder:
    client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0002
    permissions:
      - User.Read.All
      - Group.ReadWrite.All
      - ChannelSettings.ReadWrite.All
      - ChannelMember.ReadWrite.All
      - AppCatalog.Read.All
      - TeamsAppInstallation.ReadWriteAndConsentForTeam.All
      - TeamsAppInstallation.ReadWriteForUser.All
      - Sites.FullControl.All
      - Sites.Read.All
  door: {client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0003}
  bot: {client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0004}
  app:
    client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0005
    permissions:
      - TeamMember.ReadWrite.All
      - TeamsAppInstallation.ReadWriteSelfForUser.All
      - User.ReadBasic.All
      - Group.ReadBasic.All
      - Team.ReadBasic.All
organizers:
  - {name: Møter, email: "moter@{home}"}
"""
ORGANISATIONS = """
organisations:
  - {key: fylket, name: Fylket, kind: county, tenant: home, domain: fylket.example}
  - {key: a-dal, name: Å-dal kommune, kind: municipality, tenant: guest, domain: a-dal.example}
"""
PEOPLE = """
people:
  - {key: leder, name: Leder, email: leder@fylket.example, organisation: fylket}
  - {key: radgiver, name: Rådgiver, email: radgiver@fylket.example, organisation: fylket}
  - {key: lokal, name: Lokal leder Å-dal, email: lokal@a-dal.example, organisation: a-dal}
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A seed folder with an invented county and municipality."""
    for name, text in (("tenant", TENANT), ("organisations", ORGANISATIONS), ("people", PEOPLE)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
async def sandbox(seed: Path) -> AsyncIterator[RunningSandbox]:
    """Without lags."""
    async with running_sandbox(seed=seed) as running:
        yield running


@pytest.fixture
async def slow(seed: Path) -> AsyncIterator[RunningSandbox]:
    """With the lags of the real service, on a simulated clock."""
    async with running_sandbox(seed=seed, latency="real") as running:
        await running.control("POST", "clock", {"now": "2026-08-17T06:00:00Z"})
        yield running
