"""The Bicep, read by a parser and held against the code. The compiler itself was not at hand."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pycep import BicepParser

import function_app
from config.settings import MICROSOFT, Settings
from tools.package import COUNTY, PYTHON

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FILES = sorted([*INFRA.glob("*.bicep"), *INFRA.glob("modules/*.bicep")])
ROLES = {
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
}
"""Every role that anybody is given in Azure."""
LIMITS = {"st": r"[a-z0-9]{3,24}", "kv-": r"[a-z0-9-]{3,24}", "psql-": r"[a-z0-9-]{3,63}", "func-": r"[a-z0-9-]{2,60}"}
"""Names as Azure takes them, by how ours begin."""
AZD_NAMES = {"environmentName": "AZURE_ENV_NAME", "location": "AZURE_LOCATION"}
"""Parameters that azd has names of its own for."""
NOT_ON_AZURE = {
    **dict.fromkeys((*MICROSOFT, "clock_url"), "addresses of the sandbox; Azure's apps speak to Microsoft's own"),
    "acceptance_tenant": "of a command, which is run on an administrator's machine against a test tenant",
}
"""Settings that the apps in Azure are not given, each with why."""
LONGEST = {"environmentName": "abcdef", "token": "a" * 13, "name": "vareunge-abcdef"}


@cache
def parsed(path: Path) -> Any:
    return BicepParser().parse(text=path.read_text("utf-8"))


def texts() -> Iterator[tuple[str, str]]:
    return ((path.name, path.read_text("utf-8")) for path in FILES)


def resources() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every resource with its type, those within others as well."""
    for path in FILES:
        for resource in parsed(path).get("resources", {}).values():
            yield resource["type"], resource


def properties(kind: str) -> Mapping[str, Any]:
    """Return the properties of the only resource of *kind*."""
    (found,) = (resource for name, resource in resources() if name == kind and not resource["existing"])
    # What is made in a loop has its own settings one step further in.
    given: Mapping[str, Any] = found["config"].get("config", found["config"])["properties"]
    return given


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_bicep(path: Path) -> None:
    assert parsed(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_everything_that_is_declared_is_used(path: Path) -> None:
    text = path.read_text("utf-8")
    declared = re.findall(r"^(?:param|var) (\w+)", text, re.MULTILINE)

    assert [name for name in declared if len(re.findall(rf"(?<![\w.']){name}\b", text)) < 2] == []


def test_modules_get_exactly_the_parameters_they_ask_for() -> None:
    main = parsed(INFRA / "main.bicep")
    wrong = {}
    for name, module in main["modules"].items():
        asked = parsed(INFRA / module["detail"]["path"])["parameters"]
        needed = {key for key, param in asked.items() if param["default"] is None}
        # A module that is made on a condition has its own settings one step further in.
        config = module["config"].get("config", module["config"])
        given = set(config["params"])
        if not needed <= given <= set(asked):
            wrong[name] = (needed - given, given - set(asked))

    assert wrong == {}


def test_outputs_that_are_read_are_there() -> None:
    text = (INFRA / "main.bicep").read_text("utf-8")
    modules = {name: module["detail"]["path"] for name, module in parsed(INFRA / "main.bicep")["modules"].items()}
    read = set(re.findall(r"\b(\w+)\.outputs\.(\w+)", text))

    assert read
    assert {name for name, _ in read} <= modules.keys()
    assert [(name, key) for name, key in read if key not in parsed(INFRA / modules[name])["outputs"]] == []


def test_api_versions_are_released_ones() -> None:
    """One exception: the bot's registration has had no release with a managed identity for an owner of its own."""
    versions = {(kind, resource["api_version"]) for kind, resource in resources()}
    previews = {kind for kind, version in versions if "preview" in str(version)}

    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", str(version)) for _, version in versions if version)
    assert previews == {"Microsoft.BotService/botServices", "Microsoft.BotService/botServices/channels"}
    assert len({kind for kind, _ in versions}) == len(versions)


@pytest.mark.parametrize(
    "name",
    re.findall(
        r"name: (?:take\(|empty\(databaseServer\) \? )?'([^']+)'|var doorName = '([^']+)'",
        "".join(text for file, text in texts() if file == "main.bicep"),
    ),
    ids=lambda found: found[0] or found[1],
)
def test_names_fit_at_their_longest(name: tuple[str, str]) -> None:
    given = name[0] or name[1]
    longest = re.sub(r"\$\{(\w+)\}", lambda part: LONGEST[part[1]], given)
    rules = [rule for start, rule in LIMITS.items() if longest.startswith(start) and "$" in given]

    assert all(re.fullmatch(rule, longest) for rule in rules)


def test_no_key_or_password_opens_anything() -> None:
    account = properties("Microsoft.Storage/storageAccounts")
    database = properties("Microsoft.DBforPostgreSQL/flexibleServers")
    function = (INFRA / "modules" / "function.bicep").read_text("utf-8")

    assert (account["allowSharedKeyAccess"], account["allowBlobPublicAccess"]) == (False, False)
    assert account["supportsHttpsTrafficOnly"]
    assert database["authConfig"]["passwordAuth"] == "Disabled"
    assert database["authConfig"]["activeDirectoryAuth"] == "Enabled"
    assert properties("Microsoft.Insights/components")["DisableLocalAuth"]
    assert properties("Microsoft.OperationalInsights/workspaces")["features"]["disableLocalAuth"]
    assert properties("Microsoft.BotService/botServices")["disableLocalAuth"]
    assert properties("Microsoft.KeyVault/vaults")["enableRbacAuthorization"]
    assert function.count("properties: { allow: false }") == 2
    assert not [
        name for name, text in texts() if re.search(r"listKeys|AccountKey|SharedAccess|@secure|password:", text)
    ]


def test_the_door_has_one_identity_and_the_hands_have_three() -> None:
    modules = parsed(INFRA / "main.bicep")["modules"]
    text = (INFRA / "main.bicep").read_text("utf-8")
    hands = text.partition("module hands ")[2].partition("\n}")[0]

    assert modules["door"]["config"]["params"]["otherIdentities"] == {}
    assert set(re.findall(r"identities\.outputs\.(\w+)\.id}'", hands)) == {"builder", "bot"}
    assert modules["hands"]["config"]["params"]["takesVisitors"] is False


def test_roles_in_azure_are_few_and_named() -> None:
    """The Door owns storage of its own, and may put messages into the Hands' queue: no more."""
    text = "".join(text for _, text in texts())
    main = (INFRA / "main.bicep").read_text("utf-8")
    storages = re.findall(r"module (\w+)Storage .*?ownerPrincipalId: identities\.outputs\.(\w+)\.", main, re.DOTALL)

    assert set(re.findall(r"'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'", text)) == set(ROLES)
    assert storages == [("door", "door"), ("hands", "hands")]
    assert "senders: [ identities.outputs.door.principalId ]" in main


def test_every_setting_is_given_or_said_why_not() -> None:
    """Hold them all: what is set by hand is gone with the next `azd provision`."""
    text = "".join(text for _, text in texts())
    given = {name.lower() for name in re.findall(r"\bVAREUNGE_(\w+):", text)}

    assert given == set(Settings.model_fields) - set(NOT_ON_AZURE)
    assert re.findall(r"VAREUNGE_PART: '(\w+)'", text) == ["door", "hands"]


def test_what_nobody_chooses_is_as_the_code_has_it() -> None:
    asked = parsed(INFRA / "main.bicep")["parameters"]
    fields = {name: re.sub(r"([A-Z])", r"_\1", name).lower() for name in asked}
    numbers = {name: fields[name] for name in asked if type(asked[name]["default"]) is int} | {"logLevel": "log_level"}
    same = {name: field for name, field in numbers.items() if field in Settings.model_fields}

    assert set(same.values()) == {"teams_app_edition", "licences", "drift_days", "doctor_days", "log_level"}
    assert {name: asked[name]["default"] for name in same} == {
        name: Settings.model_fields[field].default for name, field in same.items()
    }


def test_files_of_the_county_are_where_the_package_has_them() -> None:
    """Settings that name a file which is not there keep an app from starting."""
    text = (INFRA / "main.bicep").read_text("utf-8")

    assert f"var county = '/home/site/wwwroot/{COUNTY.name}'\n" in text
    assert re.findall(r"VAREUNGE_(\w+): empty\(\w+\) \? '' : '\$\{county\}/", text) == ["PAPER_LOGO", "WORD_TEMPLATE"]


def test_runtime_and_queue_are_those_of_the_code() -> None:
    app = (INFRA / "modules" / "function.bicep").read_text("utf-8")
    queues = parsed(INFRA / "main.bicep")["modules"]["handsStorage"]["config"]["params"]["queues"]

    assert f"version: '{PYTHON}'" in app
    assert queues == [function_app.QUEUE, f"{function_app.QUEUE}-poison"]


def test_every_parameter_has_a_variable_of_azd_with_the_same_default() -> None:
    """`azd` takes no parameter that the file leaves out: what has a default could then never be chosen."""
    given = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"]
    asked = parsed(INFRA / "main.bicep")["parameters"]
    expected = {}
    for name, parameter in asked.items():
        variable = AZD_NAMES.get(name) or re.sub(r"([A-Z])", r"_\1", name).upper()
        default = parameter["default"]
        written = str(default).lower() if isinstance(default, bool) else default
        expected[name] = f"${{{variable}}}" if default is None else f"${{{variable}={written}}}"

    assert {name: item["value"] for name, item in given.items()} == expected


def test_what_can_be_chosen_is_named_by_azd_s_variable_alone() -> None:
    """The parameter's own name is no word that an administrator can use."""
    text = (INFRA / "main.parameters.json").read_text("utf-8")
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    named = set(re.findall(r"`(\w+)`", pages))

    assert set(re.findall(r"\$\{(\w+)", text)) - named == {"AZURE_ENV_NAME"}
    assert named & set(parsed(INFRA / "main.bicep")["parameters"]) <= {"location", "licences", "organizers"}


def test_a_list_of_nobody_reaches_the_app_as_nobody() -> None:
    """On Azure an empty setting may be no setting, and then everybody is written to."""
    text = (INFRA / "main.bicep").read_text("utf-8")
    rule = (
        r"allowedRecipients == '\*' \? \{\} : \{ VAREUNGE_ALLOWED_RECIPIENTS: empty\(allowedRecipients\) \? '(.+)' : "
    )
    nobody = re.search(rule, text)

    assert nobody is not None
    assert nobody[1].strip()
    assert Settings(allowed_recipients=nobody[1]).allowed_recipients == ()


def test_no_other_setting_means_something_else_when_it_is_empty() -> None:
    text = (INFRA / "main.bicep").read_text("utf-8").partition("var settings = ")[2].partition("})")[0]
    names = [name.lower() for name in re.findall(r"\bVAREUNGE_(\w+):", text)]
    optional = [name for name in names if Settings.model_fields[name].annotation is str]

    assert {"app_id", "accessibility_statement", "paper_logo"} <= set(optional)
    assert {getattr(Settings(), name) for name in optional if name != "public_url"} == {""}


def test_a_setting_that_takes_no_empty_text_is_left_out_when_it_is_empty() -> None:
    text = (INFRA / "main.bicep").read_text("utf-8")
    left_out = re.findall(r"^var (\w+) = empty\(\w+\) \? \{\} : \{ VAREUNGE_(\w+): \w+ \}$", text, re.MULTILINE)
    own = {name: getattr(Settings(), setting.lower()) for name, setting in left_out}

    assert own == {"zone": "Europe/Oslo", "agent": "vaare-unge-365", "colour": "#1E2B3C"}
    assert f"var settings = union(rehearsal, {', '.join(own)}, {{" in text


def test_the_database_is_made_after_those_who_own_it() -> None:
    """Made first, it would belong to Azure's own role, and nobody could make a table in it."""
    made = parsed(INFRA / "modules" / "database.bicep")["resources"]

    assert {name: resource["config"].get("dependsOn", []) for name, resource in made.items() if name != "server"} == {
        "fromAzure": [],
        "administrators": ["fromAzure"],
        "database": ["administrators"],
    }


def test_the_database_is_in_the_order_of_signs_that_the_service_asks_for() -> None:
    made = parsed(INFRA / "modules" / "database.bicep")["resources"]["database"]

    assert made["config"]["properties"] == {"charset": "UTF8", "collation": "C"}


def alert_rules() -> list[str]:
    text = (INFRA / "modules" / "alerts.bicep").read_text("utf-8")
    return [
        *re.findall(r"^    name: '([\w-]+)'$", text, re.MULTILINE),
        *re.findall(r"alert-\$\{name\}-([a-z-]+)'", text),
    ]


def test_alerts_ask_for_events_that_the_code_writes() -> None:
    asked = set()
    for name in ("modules/alerts.bicep", "workbook.json"):
        text = (INFRA / name).read_text("utf-8")
        for listed in re.findall(r"event (?:== |in \()([^|)']+)", text):
            asked |= set(re.findall(r'"(\w+[.]\w+)\\?"', listed))
    folders = ("engine", "integration", "web", "wiring", "workflows")
    code = "".join(path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))

    assert asked >= {"unit.error", "web.not_ready", "doctor.finding"}
    assert [event for event in asked if f'"{event}"' not in code] == []


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        pytest.param("unit.database_away", "outcome-lost", id="the database is no fault of the queue's"),
        pytest.param("engine.store_failed", "outcome-lost", id="the database"),
        pytest.param("queue.away", "queue-away", id="the queue"),
        pytest.param("web.not_ready", "not-ready", id="the Door"),
        pytest.param("doctor.finding", "tenant-changed", id="the doctor"),
    ],
)
def test_an_event_wakes_people_by_the_alert_whose_page_speaks_of_it(event: str, rule: str) -> None:
    text = (INFRA / "modules" / "alerts.bicep").read_text("utf-8")
    queries = re.findall(r"name: '([\w-]+)'\n\s+title:.*\n(?:\s+//.*\n)*\s+query: '(.*)'", text)

    assert len(queries) + 1 == len(alert_rules())
    assert [name for name, query in queries if f'"{event}"' in query] == [rule]


def test_rules_are_made_before_there_is_anything_to_ask() -> None:
    """A workspace of today has no tables yet, and Azure would hold the queries by them."""
    assert properties("Microsoft.Insights/scheduledQueryRules")["skipQueryValidation"] is True


@pytest.mark.parametrize("rule", alert_rules())
def test_each_alert_has_its_place_in_the_runbook(rule: str) -> None:
    assert f"### {rule}\n" in (ROOT / "docs" / "runbook.md").read_text("utf-8")


def test_every_setting_of_queues_and_scale_stands_on_the_engine_s_page_with_its_reason() -> None:
    page = (ROOT / "docs" / "engine.md").read_text("utf-8")
    host = json.loads((ROOT / "host.json").read_text("utf-8"))
    app = (INFRA / "modules" / "function.bicep").read_text("utf-8")
    numbers = dict(re.findall(r"\b(instanceMemoryMB|perInstanceConcurrency): (\d+)", app))
    most = set(re.findall(r"^param most\w+ int = (\d+)$", (INFRA / "main.bicep").read_text("utf-8"), re.MULTILINE))

    for setting in ["functionTimeout", *host["extensions"]["queues"], *numbers, "maximumInstanceCount", "alwaysReady"]:
        assert re.search(rf"^\|.*{setting}`.* \| .+ \| .+ \|$", page, re.MULTILINE), setting
    for setting, number in numbers.items():
        assert f"{setting}` | {number} |" in page
    assert [f"`maximumInstanceCount` | {number}," in page for number in most] == [True]
