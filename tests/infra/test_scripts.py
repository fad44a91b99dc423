"""The administrators' scripts: shells can read them, and they give what the lists say. None ran against a tenant."""

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import jwt
import pytest
from pycep import BicepParser

from tests.infra.azure_cli import unknown_in
from tools import ansattporten_key
from wiring.shipped import permission_lists
from workflows.operations.doctor import OPEN_LOBBY, PRIVATE_CHANNELS

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "infra" / "scripts"
SHELL = sorted(SCRIPTS.glob("*.sh"))
POWERSHELL = sorted(SCRIPTS.glob("*.ps1"))
PAGES = ROOT / "docs" / "administrators"
IDENTITIES = {f"VAREUNGE_{name.upper()}_ID": name for name in ("hands", "builder", "door", "bot")}


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_a_shell_script_is_read_by_bash(path: Path) -> None:
    assert subprocess.run(["bash", "-n", path], capture_output=True, check=False).stderr == b""


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_a_shell_script_calls_azure_s_programs_with_words_that_they_take(path: Path) -> None:
    code = re.sub(r"^#.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)

    assert list(unknown_in(code)) == []


def test_commands_that_we_name_are_some_that_azure_s_programs_take() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "workflows").rglob("*.py")))

    assert list(unknown_in(code)) == []
    assert list(unknown_in("az ad sp update --id 1 --enabled && azd dance")) == [
        "az ad sp update --enabled",
        "azd dance",
    ]


def mistakes(*paths: Path) -> str:
    """Return what a grammar of PowerShell does not take."""
    node = shutil.which("node")
    assert node is not None
    # Compiled once and plainly: the grammar is large, and making it fast would take half a minute.
    command: list[str | Path] = [node, "--liftoff-only", Path(__file__).parent / "powershell.mjs", *paths]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_powershell_scripts_are_read_by_a_grammar_of_powershell(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ps1"
    wrong.write_text("if ($a { Write-Output 'x' }\n", "utf-8")

    assert len(POWERSHELL) == 2
    assert mistakes(*POWERSHELL) == ""
    assert f"{wrong}:1" in mistakes(wrong)


class Tenant:
    """Graph's app roles and who has them, as the stand-in for `az` keeps them."""

    def __init__(self, folder: Path) -> None:
        lists = permission_lists()
        self.names = sorted({name for item in lists.values() for name in item.roles} | {"Mail.Send", "Group.Read.All"})
        self._folder = folder
        self._file = folder / "state.json"
        roles = {f"role-{number}": name for number, name in enumerate(self.names)}
        self._write({"roles": roles, "held": {}, "changes": 0})
        az = folder / "az"
        fake = Path(__file__).parent / "fake_az.py"
        az.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{fake}" "$@"\n', "utf-8")
        az.chmod(0o755)

    def run(self, *arguments: str, **names: str) -> str:
        path = f"{self._folder}{os.pathsep}{os.environ['PATH']}"
        env = {
            **os.environ,
            **IDENTITIES,
            **names,
            "PATH": path,
            "FAKE_AZ": str(self._file),
            "AZURE_RESOURCE_GROUP": "rg",
        }
        command: list[str | Path] = ["bash", SCRIPTS / "graph-permissions.sh", *arguments]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def give(self, identity: str, name: str) -> None:
        state = self._read()
        role = f"role-{self.names.index(name)}"
        state["held"].setdefault(f"sp-{identity}", {})[f"assignment-{role}"] = role
        self._write(state)

    def held(self, identity: str) -> set[str]:
        state = self._read()
        return {state["roles"][role] for role in state["held"].get(f"sp-{identity}", {}).values()}

    @property
    def changes(self) -> int:
        return int(self._read()["changes"])

    def _read(self) -> Any:
        return json.loads(self._file.read_text("utf-8"))

    def _write(self, state: Any) -> None:
        self._file.write_text(json.dumps(state), "utf-8")


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    return Tenant(tmp_path)


def test_without_apply_nothing_is_given(tenant: Tenant) -> None:
    told = tenant.run()

    assert "would: builder gets Sites.FullControl.All" in told
    assert "Nothing was changed" in told
    assert tenant.changes == 0


def test_each_identity_gets_its_list_once_and_loses_the_rest(tenant: Tenant) -> None:
    lists = permission_lists()
    tenant.give("hands", "Mail.Send")
    tenant.give("door", "Group.Read.All")
    tenant.give("bot", "Mail.Send")

    told = tenant.run("--apply")
    after = tenant.changes
    again = tenant.run("--apply")

    assert "hands loses Mail.Send" in told
    assert "bot loses Mail.Send" in told
    assert {part: tenant.held(part) for part in ("hands", "builder", "door", "bot")} == {
        "hands": set(lists["hands"].roles),
        "builder": set(lists["builder"].roles),
        "door": set(),
        "bot": set(),
    }
    assert tenant.changes == after
    assert "gets" not in again


def test_an_identity_that_vouches_for_the_hands_has_no_permission_of_its_own(tenant: Tenant) -> None:
    tenant.run("--apply", VAREUNGE_HANDS_IDENTITY_ID="hands")
    before = tenant.held("hands")

    told = tenant.run("--apply", VAREUNGE_HANDS_ID="hands-app", VAREUNGE_HANDS_IDENTITY_ID="hands")

    assert before == tenant.held("hands-app") == permission_lists()["hands"].roles
    assert tenant.held("hands") == set()
    assert "hands_identity loses Sites.Selected" in told


def test_private_channels_are_the_builders_when_asked_for(tenant: Tenant) -> None:
    lists = permission_lists()
    tenant.run("--apply", "--private-channels")

    assert tenant.held("builder") == lists["builder"].roles | lists[PRIVATE_CHANNELS].roles


def test_leaving_takes_every_permission_away(tenant: Tenant) -> None:
    tenant.run("--apply")
    tenant.run("--apply", "--none")

    assert [tenant.held(part) for part in ("hands", "builder", "door", "bot")] == [set()] * 4


def test_no_script_names_a_permission_itself() -> None:
    """They read infra/permissions: a list of their own would grow another way."""
    names = {name for item in permission_lists().values() for name in (*item.roles, *item.exchange)}
    scripts = "".join(path.read_text("utf-8") for path in (*SHELL, *POWERSHELL))

    assert [name for name in names if name in scripts] == []
    assert "permissions/hands.txt" in scripts


def test_variables_that_scripts_need_come_from_the_template_or_are_asked_for_by_it() -> None:
    outputs = set(BicepParser().parse(text=(ROOT / "infra" / "main.bicep").read_text("utf-8"))["outputs"])
    given = set(re.findall(r"\$\{(\w+)", (ROOT / "infra" / "main.parameters.json").read_text("utf-8")))
    needed = {
        name
        for path in SHELL
        for line in re.findall(r"^need (.+)$", path.read_text("utf-8"), re.MULTILINE)
        for name in line.split()
    }

    assert needed
    assert needed <= outputs | given


def test_the_lobby_is_opened_as_the_doctor_asks() -> None:
    script = (SCRIPTS / "teams.ps1").read_text("utf-8")

    assert "$policy = 'VareUnge'" in script
    assert "-PolicyName VareUnge" in OPEN_LOBBY
    assert "-AutoAdmittedUsers InvitedUsers" in script


@pytest.mark.parametrize("path", [*SHELL, *POWERSHELL], ids=lambda path: path.name)
def test_each_script_stands_on_an_administrators_page(path: Path) -> None:
    if path.name != "common.sh":
        assert f"infra/scripts/{path.name}" in "".join(page.read_text("utf-8") for page in PAGES.glob("*.md"))


def test_the_key_for_ansattporten_signs_and_its_public_half_proves_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    assert ansattporten_key.main([str(file)]) == 0

    (public,) = json.loads(capsys.readouterr().out)
    private = json.loads(b64decode(file.read_text("utf-8")))
    known = jwt.PyJWK.from_dict(private)
    token = jwt.encode({"iss": "us"}, known.key, algorithm="RS256", headers={"kid": known.key_id})

    assert jwt.decode(token, jwt.PyJWK.from_dict(public).key, algorithms=["RS256"]) == {"iss": "us"}
    assert private["kid"] == public["kid"]
    assert not public.keys() & {"d", "p", "q", "key_ops"}
