"""Calls of the administrators' scripts, in their order, with stand-ins for every program. None ran against Azure."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = {
    "AZURE_RESOURCE_GROUP": "rg-vareunge-prod",
    "AZURE_TENANT_ID": "tenant",
    "ANSATTPORTEN_VAULT": "vault",
    "DATABASE_ADMINISTRATORS_NAME": "Databasens stellere",
    "DATABASE_HOST": "database.example",
    "DATABASE_NAME": "vareunge",
    "DATABASE_SERVER": "server",
    "DOOR_DATABASE_ROLE": "id-door",
    "DOOR_NAME": "func-door",
    "HANDS_DATABASE_ROLE": "id-hands",
    "HANDS_NAME": "func-hands",
    "MY_ADDRESS": "192.0.2.7",
    "VAREUNGE_DOOR_ID": "door",
    "VAREUNGE_HANDS_IDENTITY_ID": "hands",
    "VAREUNGE_PUBLIC_URL": "https://vareunge.fylke.example",
}
"""What azd's environment would give them."""
SCRIPTS = {
    "ansattporten.sh": [],
    "database.sh": [],
    "deploy.sh": [],
    "domain.sh": ["vareunge.fylke.example"],
    "hands-app.sh": [],
    "sign-in.sh": [],
}
TOKEN = ("get-access-token", "secret token/with signs\n")
PROOF = ("customDomainVerificationId", "proof\n")
APP = ("ad app list", "object\tapp\n")
READS = re.compile(r"az (\S+ )*(show|list|list-grants|get-access-token)( |$)|az rest --method get ")
"""Calls that change nothing."""


@dataclass
class Desk:
    """An administrator's machine: the scripts in a folder of their own, and stand-ins for what they call."""

    folder: Path
    answers: list[tuple[str, str]] = field(default_factory=lambda: [TOKEN, PROOF])
    fails: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))
    printed: str = ""

    def __post_init__(self) -> None:
        shutil.copytree(ROOT / "infra", self.folder / "infra")
        programs = self.folder / "bin"
        programs.mkdir()
        (self._recorded / "answers").mkdir(parents=True)
        for path in (*(programs / name for name in ("az", "azd", "psql", "pg_dump", "curl")), self.folder / "run"):
            path.symlink_to(Path(__file__).parent / "recorder.sh")

    def run(self, script: str, *arguments: str) -> int:
        """Run a script; returns its exit code."""
        self._calls.write_text("", "utf-8")
        (self._recorded / "fails").write_text("".join(f"{words}\n" for words in self.fails), "utf-8")
        for number, (words, text) in enumerate(self.answers):
            (self._recorded / "answers" / str(number)).write_text(f"{words}\n{text}", "utf-8")
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(self.folder), "RECORDER": str(self._recorded), **self.names}
        command: list[str | Path] = ["bash", self.folder / "infra" / "scripts" / script, *arguments]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        self.printed = done.stdout + done.stderr
        return done.returncode

    @property
    def calls(self) -> Sequence[str]:
        """The calls of the last run, each as one text."""
        return list(map(" ".join, self._words))

    @property
    def changes(self) -> Sequence[str]:
        return [call for call in self.calls if not READS.match(call)]

    def sent(self, method: str) -> list[Any]:
        """Return the bodies of the requests to Graph with that method."""
        found = [call for call in self._words if call[:4] == ["az", "rest", "--method", method]]
        return [json.loads(call[call.index("--body") + 1]) for call in found]

    @property
    def _words(self) -> list[list[str]]:
        calls = self._calls.read_text("utf-8").split("\036")[:-1]
        return [call.split("\037")[:-1] for call in calls]

    @property
    def _recorded(self) -> Path:
        return self.folder / "recorded"

    @property
    def _calls(self) -> Path:
        return self._recorded / "calls"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("known", [False, True], ids=["the first time", "once more"])
def test_without_apply_a_script_reads_and_changes_nothing(desk: Desk, script: str, known: bool) -> None:
    desk.answers += [APP] if known else []

    assert desk.run(script, *SCRIPTS[script]) == 0, desk.printed
    assert desk.changes == []
    assert "would: " in desk.printed
    assert desk.printed.endswith("Nothing was changed. With --apply it is done.\n")


def test_the_database_gets_roles_then_its_schema_then_rights_and_is_closed_again(desk: Desk) -> None:
    assert desk.run("database.sh", "--apply") == 0, desk.printed

    opened, roles, schema, rights, closed = desk.changes
    assert opened.partition(" --name ")[0].endswith(
        "firewall-rule create --resource-group rg-vareunge-prod --server-name server"
    )
    assert opened.endswith("--start-ip-address 192.0.2.7 --end-ip-address 192.0.2.7")
    assert "pgaadauth_create_principal('id-door', false, false)" in roles
    assert "pgaadauth_create_principal('id-hands', false, false)" in roles
    assert schema == "run migrate"
    assert 'grant select, insert, update, delete on all tables in schema public to "id-hands"' in rights
    assert not re.search(r"grant (all|create|truncate)", rights)
    assert "firewall-rule delete --resource-group rg-vareunge-prod --server-name server --name administrator-" in closed
    assert "secret token" not in desk.printed + "".join(desk.calls)


@pytest.mark.parametrize("falls", ["psql --dbname vareunge", "run migrate"])
def test_the_database_is_closed_again_when_something_fails(desk: Desk, falls: str) -> None:
    desk.fails = [falls]

    assert desk.run("database.sh", "--apply") != 0
    assert "firewall-rule delete" in desk.changes[-1]


def test_a_database_in_a_network_of_its_own_has_no_firewall_to_open(desk: Desk) -> None:
    desk.answers += [("flexible-server show", "/subnets/database\n")]

    assert desk.run("database.sh", "--apply") == 0, desk.printed
    assert not [call for call in desk.calls if "firewall-rule" in call]


def test_a_command_is_run_on_the_database_and_nothing_else(desk: Desk) -> None:
    assert desk.run("database.sh", "--apply", "--", "import", "config/vestfold") == 0, desk.printed

    assert [call for call in desk.changes if "firewall-rule" not in call] == ["run import config/vestfold"]


def command_settings(desk: Desk, chosen: dict[str, str]) -> dict[str, Any]:
    """Return the settings that a command on the database is given, by what azd's environment has beside the names."""
    seen = desk.folder / "run"
    seen.unlink()
    seen.write_text("#!/bin/sh\nenv\n", "utf-8")
    seen.chmod(0o755)
    desk.names |= chosen
    assert desk.run("database.sh", "--apply", "--", "outbox") == 0, desk.printed
    given = re.findall(r"^VAREUNGE_(\w+)=(.*)$", desk.printed, re.MULTILINE)
    return {name.lower(): value for name, value in given}


@pytest.mark.parametrize(
    ("chosen", "reaches"), [(None, ()), ("", ()), ("kari@fylke.example", ("kari@fylke.example",)), ("*", None)]
)
def test_a_command_reaches_nobody_whom_the_apps_do_not_reach(
    desk: Desk, chosen: str | None, reaches: tuple[str, ...] | None
) -> None:
    given = command_settings(desk, {} if chosen is None else {"ALLOWED_RECIPIENTS": chosen})

    assert Settings(**given).allowed_recipients == reaches


def test_a_command_makes_papers_as_the_apps_do(desk: Desk) -> None:
    county = desk.folder / "county"
    county.mkdir()
    (county / "logo.svg").touch()
    chosen = {"PAPER_COLOUR": "#7a1f5c", "PAPER_LOGO": "logo.svg", "ARCHIVE_RESTRICTIONS": "minutes=UO: Offl. § 14"}

    settings = Settings(**command_settings(desk, chosen | {"ARCHIVE_OWNER": "", "TIMEZONE": ""}))

    assert (settings.paper_colour, settings.paper_logo) == ("#7a1f5c", str(county / "logo.svg"))
    assert settings.archive_restrictions == (("minutes", "UO", "Offl. § 14"),)
    assert (settings.archive_owner, settings.timezone) == ("", "Europe/Oslo")


def test_a_command_keeps_its_own_options(desk: Desk) -> None:
    assert desk.run("database.sh", "--", "close", "--apply", "--help") == 0, desk.printed
    assert "would: runs vareunge close --apply --help\n" in desk.printed
    assert desk.changes == []


def test_the_whole_database_is_written_to_a_file(desk: Desk) -> None:
    assert desk.run("database.sh", "--apply", "--dump", "all.dump") == 0, desk.printed

    opened, dumped, closed = desk.changes
    assert dumped == "pg_dump --dbname vareunge --format custom --file all.dump"
    assert ("firewall-rule create" in opened, "firewall-rule delete" in closed) == (True, True)


@pytest.mark.parametrize("arguments", [("--dump",), ("import", "config/vestfold"), ("--dump", "a", "b")])
def test_a_call_that_the_database_s_script_cannot_mean_does_nothing(desk: Desk, arguments: Sequence[str]) -> None:
    assert desk.run("database.sh", "--apply", *arguments) == 2
    assert desk.calls == []


def test_the_package_is_built_and_goes_to_the_hands_before_the_door(desk: Desk) -> None:
    """Older Hands might not know a unit that a newer Door makes due."""
    assert desk.run("deploy.sh", "--apply") == 0, desk.printed

    built, hands, door, asked = desk.changes
    assert built == f"run uv run python -m tools.package {desk.folder}/dist/vareunge.zip"
    assert hands == f"azd deploy hands --from-package {desk.folder}/dist/vareunge.zip"
    assert door == f"azd deploy door --from-package {desk.folder}/dist/vareunge.zip"
    assert asked.endswith("https://vareunge.fylke.example/readyz")


def test_a_package_that_cannot_be_built_is_not_deployed(desk: Desk) -> None:
    desk.fails = ["tools.package"]

    assert desk.run("deploy.sh", "--apply") != 0
    assert len(desk.changes) == 1


def test_azd_sends_the_package_as_it_is() -> None:
    """Built anew by Azure, it would have no compiled modules; an older azd passes by the word for that."""
    project = yaml.safe_load((ROOT / "azure.yaml").read_text("utf-8"))

    assert {name: service["remoteBuild"] for name, service in project["services"].items()} == {
        "door": False,
        "hands": False,
    }
    assert project["requiredVersions"] == {"azd": ">= 1.23.13"}


@pytest.mark.parametrize(("script", "vouches"), [("sign-in.sh", "door"), ("hands-app.sh", "hands")])
def test_an_app_has_no_secret_and_one_identity_that_vouches_for_it(desk: Desk, script: str, vouches: str) -> None:
    desk.answers += [APP, (f"ad sp show --id {vouches}", "its-principal\n")]

    assert desk.run(script, "--apply") == 0, desk.printed
    (credential,) = desk.sent("post")
    assert (credential["name"], credential["subject"], credential["issuer"]) == (
        vouches,
        "its-principal",
        "https://login.microsoftonline.com/tenant/v2.0",
    )
    assert not [call for call in desk.calls if "credential reset" in call or "password" in call]


def test_people_sign_in_without_being_asked_for_consent(desk: Desk) -> None:
    """Without it the first visitor would be sent to an administrator, where nobody may consent for themselves."""
    desk.answers += [APP]

    assert desk.run("sign-in.sh", "--apply") == 0, desk.printed
    (settings,) = desk.sent("patch")
    (grant,) = [call for call in desk.changes if "permission grant" in call]
    assert settings["web"]["redirectUris"] == [
        "https://vareunge.fylke.example/logg-inn/entra/retur",
        "https://vareunge.fylke.example/logg-ut",
    ]
    assert grant.endswith("--id app --api 00000003-0000-0000-c000-000000000000 --scope openid profile")
    assert "SIGN_IN_APP_ID=app" in desk.printed


def test_teams_may_ask_for_a_token_of_the_app_that_the_consent_falls_to(desk: Desk) -> None:
    desk.answers += [APP]

    assert desk.run("hands-app.sh", "--apply") == 0, desk.printed
    settings, clients = desk.sent("patch")
    (scope,) = settings["api"]["oauth2PermissionScopes"]
    teams = clients["api"]["preAuthorizedApplications"]
    assert settings["identifierUris"] == ["api://vareunge.fylke.example/app"]
    assert [client["delegatedPermissionIds"] for client in teams] == [[scope["id"]]] * 2
    assert "HANDS_APP_ID=app" in desk.printed


def test_a_new_app_is_known_by_the_answer_to_its_making(desk: Desk) -> None:
    """The directory may not list it yet."""
    desk.answers += [("ad app create", "object\tapp\n")]

    assert desk.run("sign-in.sh", "--apply") == 0, desk.printed
    assert [call for call in desk.changes if "ad sp create" in call] == ["az ad sp create --id app"]
    assert "SIGN_IN_APP_ID=app" in desk.printed


@pytest.mark.parametrize("script", [*SCRIPTS, "graph-permissions.sh"])
def test_several_values_are_asked_for_as_a_row(script: str) -> None:
    """`az` prints a flat list with each value on a line of its own, and a list of lists with a row for each."""
    text = (ROOT / "infra" / "scripts" / script).read_text("utf-8")
    queries = [double or single for double, single in re.findall(r"""--query (?:"([^"]+)"|'([^']+)')""", text)]

    assert len(queries) >= text.count("--query ") - len(re.findall(r"--query \w", text))
    listing = [query for query in queries if re.search(r"\[\w+, \w+\]", query)]
    assert [query for query in listing if not re.search(r"(\[\]|\[\?[^]]*\])\.\[\w+, |\[\[\w+, ", query)] == []


@pytest.mark.parametrize("script", ["sign-in.sh", "hands-app.sh"])
def test_a_second_run_keeps_the_scope_and_vouches_no_second_time(desk: Desk, script: str) -> None:
    desk.answers += [APP, ("oauth2PermissionScopes[?", "known-scope\n"), ("federatedIdentityCredentials", "known\n")]
    desk.answers += [("list-grants", "known\n")]

    assert desk.run(script, "--apply") == 0, desk.printed
    scopes = [scope for body in desk.sent("patch") for scope in body["api"].get("oauth2PermissionScopes", [])]
    assert [scope["id"] for scope in scopes] == ["known-scope"] * (script == "hands-app.sh")
    assert desk.sent("post") == []
    assert not [call for call in desk.changes if "permission grant" in call]


@pytest.mark.parametrize("known", [False, True], ids=["the first time", "once more"])
def test_our_own_address_is_added_once_and_bound_to_a_certificate(desk: Desk, known: bool) -> None:
    desk.answers += [("hostname list", "vareunge.fylke.example\n")] if known else []

    assert desk.run("domain.sh", "vareunge.fylke.example", "--apply") == 0, desk.printed
    assert "vareunge.fylke.example  CNAME  func-door.azurewebsites.net" in desk.printed
    assert "asuid.vareunge.fylke.example  TXT  proof" in desk.printed
    assert len([call for call in desk.changes if "hostname add" in call]) == (not known)
    assert f"--template-file {desk.folder}/infra/domain.bicep" in desk.changes[-1]


def test_an_address_without_azure_s_proof_is_not_asked_for(desk: Desk) -> None:
    desk.answers = []

    assert desk.run("domain.sh", "vareunge.fylke.example", "--apply") == 1
    assert "customDomainVerificationId" in desk.printed
    assert desk.changes == []


def test_a_domain_has_to_be_named(desk: Desk) -> None:
    assert desk.run("domain.sh", "--apply") == 2
    assert desk.calls == []


def test_ansattporten_s_private_key_goes_into_the_vault_alone(desk: Desk) -> None:
    assert desk.run("ansattporten.sh", "--apply") == 0, desk.printed

    made, kept = desk.changes
    file = made.rpartition(" ")[2]
    assert f"--name ansattporten-key --file {file}" in kept
    assert not Path(file).exists()
    assert "redirect address https://vareunge.fylke.example/logg-inn/ansattporten/retur" in desk.printed


@pytest.mark.parametrize("script", [*SCRIPTS, "graph-permissions.sh"])
def test_help_is_shown_without_any_call(desk: Desk, script: str) -> None:
    assert desk.run(script, "--help") == 0
    assert f"\n{script} " in desk.printed
    assert desk.calls == []
