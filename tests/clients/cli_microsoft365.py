"""CLI for Microsoft 365: what an administrator does at the terminal, app-only, as far as it goes over Graph."""

import json
from typing import Any

from tests.clients.stage import APP, GRAPH, MEETINGS, MEMBER, OWNER, Stage, Step

CLI = "node_modules/@pnp/cli-microsoft365/dist/index.js"
NAME = "Prøve"


async def m365(stage: Stage, *arguments: str) -> Any:
    """Run a command; return the JSON it writes, None for none."""
    output = (await stage.node(CLI, *arguments)).strip()
    return json.loads(output) if output.startswith(("[", "{", '"')) else None


def names(found: list[dict[str, Any]], key: str = "displayName") -> list[str]:
    """Return the sorted values of a property."""
    return sorted(each[key] for each in found)


async def sign_in(stage: Stage, known: dict[str, Any]) -> None:
    """m365 login with the managed identity; status"""
    await m365(stage, "cli", "config", "set", "--key", "disableTelemetry", "--value", "true")
    identity = stage.sandbox.env[f"VAREUNGE_{APP.upper()}_ID"]
    signed_in = await m365(stage, "login", "--authType", "identity", "--userName", identity)
    assert signed_in["connectedAs"] == APP
    assert (await m365(stage, "status"))["authType"] == "identity"


async def find_people(stage: Stage, known: dict[str, Any]) -> None:
    """entra user list and get"""
    assert names(await m365(stage, "entra", "user", "list", "--properties", "mail"), "mail") == [
        OWNER,
        MEETINGS,
        MEMBER,
    ]
    assert (await m365(stage, "entra", "user", "get", "--email", MEMBER))["userPrincipalName"] == MEMBER


async def make_group(stage: Stage, known: dict[str, Any]) -> None:
    """entra m365group add, list, get, set"""
    options = ("--displayName", NAME, "--description", "Samarbeid", "--mailNickname", "prove")
    people = ("--owners", OWNER, "--members", f"{MEMBER},{OWNER}")
    known["group"] = (await m365(stage, "entra", "m365group", "add", *options, *people))["id"]
    assert names(await m365(stage, "entra", "m365group", "list", "--displayName", "Pr")) == [NAME]
    await m365(stage, "entra", "m365group", "set", "--id", known["group"], "--description", "Ny")
    assert (await m365(stage, "entra", "m365group", "get", "--displayName", NAME))["description"] == "Ny"


async def change_members(stage: Stage, known: dict[str, Any]) -> None:
    """entra m365group user add, set, list, remove: over $batch with numeric ids"""
    group = ("--groupId", known["group"])
    await m365(stage, "entra", "m365group", "user", "add", *group, "--userNames", MEETINGS)
    await m365(stage, "entra", "m365group", "user", "set", *group, "--userNames", MEETINGS, "--role", "Owner")
    owners = await m365(stage, "entra", "m365group", "user", "list", *group, "--role", "Owner")
    assert names(owners, "userPrincipalName") == [OWNER, MEETINGS]
    await m365(stage, "entra", "m365group", "user", "remove", *group, "--userNames", MEETINGS, "--force")
    people = await m365(stage, "entra", "m365group", "user", "list", *group)
    assert sorted(set(names(people, "userPrincipalName"))) == [OWNER, MEMBER]
    assert (await m365(stage, "entra", "user", "groupmembership", "list", "--userEmail", MEMBER)) == [
        {"groupId": known["group"]}
    ]


async def make_team(stage: Stage, known: dict[str, Any]) -> None:
    """entra m365group teamify; teams team list and get; teams user list"""
    await m365(stage, "entra", "m365group", "teamify", "--id", known["group"])
    assert names(await m365(stage, "teams", "team", "list")) == [NAME]
    assert (await m365(stage, "teams", "team", "get", "--name", NAME))["id"] == known["group"]
    people = await m365(stage, "teams", "user", "list", "--teamId", known["group"])
    assert sorted(set(names(people, "userPrincipalName"))) == [OWNER, MEMBER]


async def make_channels(stage: Stage, known: dict[str, Any]) -> None:
    """teams channel add (standard and private), list, get, set, remove; teams tab list"""
    team = ("--teamName", NAME)
    made = await m365(stage, "teams", "channel", "add", *team, "--name", "Ungdom")
    await m365(stage, "teams", "channel", "add", *team, "--name", "Lukket", "--type", "private", "--owner", OWNER)
    await m365(stage, "teams", "channel", "set", *team, "--name", "Ungdom", "--newName", "Unge")
    assert names(await m365(stage, "teams", "channel", "list", *team)) == ["General", "Lukket", "Unge"]
    assert (await m365(stage, "teams", "channel", "get", *team, "--id", made["id"]))["displayName"] == "Unge"
    tabs = ("--teamId", known["group"], "--channelId", made["id"])
    assert await m365(stage, "teams", "tab", "list", *tabs) == []
    await m365(stage, "teams", "channel", "remove", *team, "--name", "Lukket", "--force")
    assert names(await m365(stage, "teams", "channel", "list", *team)) == ["General", "Unge"]


async def keep_files(stage: Stage, known: dict[str, Any]) -> None:
    """file add (an upload session) and list"""
    site = "https://home.sharepoint.example/sites/prove"
    file = stage.folder / "notat.txt"
    file.write_text("hei", encoding="utf-8")
    folder = f"{site}/Delte dokumenter"
    await m365(stage, "file", "add", "--folderUrl", folder, "--filePath", str(file), "--siteUrl", site)
    listed = await m365(stage, "file", "list", "--webUrl", site, "--folderUrl", "Delte dokumenter")
    assert names(listed, "name") == ["notat.txt"]


async def plan_work(stage: Stage, known: dict[str, Any]) -> None:
    """planner plan add and list; planner bucket add and list; planner task add"""
    owner = ("--ownerGroupId", known["group"])
    plan = await m365(stage, "planner", "plan", "add", "--title", "Plan", *owner)
    assert names(await m365(stage, "planner", "plan", "list", *owner), "title") == ["Plan"]
    await m365(stage, "planner", "bucket", "add", "--name", "Å gjøre", "--planId", plan["id"])
    assert names(await m365(stage, "planner", "bucket", "list", "--planId", plan["id"]), "name") == ["Å gjøre"]
    task = ("--title", "Ring", "--planId", plan["id"], "--bucketName", "Å gjøre")
    assert (await m365(stage, "planner", "task", "add", *task))["title"] == "Ring"


async def use_a_mailbox(stage: Stage, known: dict[str, Any]) -> None:
    """outlook calendar list and get; event list; mail send; message list"""
    user = ("--userName", MEETINGS)
    (calendar,) = await m365(stage, "outlook", "calendar", "list", *user)
    assert (await m365(stage, "outlook", "calendar", "get", *user, "--id", calendar["id"]))["isDefaultCalendar"]
    assert await m365(stage, "outlook", "event", "list", *user) == []
    mail = ("--to", MEMBER, "--subject", "Hei", "--bodyContents", "Tekst", "--sender", MEETINGS)
    await m365(stage, "outlook", "mail", "send", *mail)
    listed = await m365(stage, "outlook", "message", "list", *user, "--folderName", "sentitems")
    assert names(listed, "subject") == ["Hei"]


async def ask_freely(stage: Stage, known: dict[str, Any]) -> None:
    """request: an advanced query, and the deletion of the group"""
    url = f'{GRAPH}/v1.0/users?$search="displayName:Leder"&$count=true'
    found = await m365(stage, "request", "--url", url, "--consistencylevel", "eventual")
    assert [found["@odata.count"], found["value"][0]["mail"]] == [1, OWNER]
    await m365(stage, "request", "--url", f"{GRAPH}/v1.0/groups/{known['group']}", "--method", "delete")


STEPS: tuple[Step, ...] = (
    sign_in,
    find_people,
    make_group,
    change_members,
    make_team,
    make_channels,
    keep_files,
    plan_work,
    use_a_mailbox,
    ask_freely,
)
