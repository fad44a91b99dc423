"""The seed of the tenant: sandbox/tenant.yaml, and a folder with organisations and people."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parents[1]
ROOT = HERE.parent
DEFAULT_FOLDER = ROOT / "config" / "vestfold"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person as the seed has them. *email*: the name to sign in with, and the mailbox's unless *mail* is given."""

    name: str
    email: str
    mail: str | None = None
    has_mailbox: bool = True
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class App:
    name: str
    client_id: str
    permissions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Seed:
    """Everything a tenant is made of."""

    tenant_id: str
    tenant_name: str
    initial_domain: str
    domains: tuple[str, ...]
    sharepoint_host: str
    apps: tuple[App, ...]
    members: tuple[Person, ...]
    people: tuple[Person, ...]
    """Everybody the seed knows, whether they have an account or not."""
    organizers: tuple[Person, ...]
    bot_endpoint: str
    blocked_domains: frozenset[str]
    b2b_enabled: bool
    licences: int
    """Number of licences of the tenant: SharePoint's limits grow with them."""
    manifest: Mapping[str, Any]
    variants: Mapping[str, Any]
    """Points in which the tenant differs from others, as `Variants` names them."""


def read_seed(folder: Path | None = None, *, permissions: Path | None = None, manifest: Path | None = None) -> Seed:
    """
    Read the seed; *folder* defaults to the programme that comes with the product.

    People whose organisation is said to be `tenant: home` become members. Nobody else has an account before an
    invitation. *permissions* is the folder with each identity's list, *manifest* the Teams app's.
    """
    folder = folder or DEFAULT_FOLDER
    settings: dict[str, Any] = {**_yaml(HERE / "tenant.yaml"), **_yaml(folder / "tenant.yaml")}
    files = [folder / "organisations.yaml", folder / "people.yaml", *sorted(folder.glob("municipalities/*.yaml"))]
    documents = [_yaml(path) for path in files]
    organisations = {str(entry.get("key")): entry for entry in _all(documents, "organisations")}
    home = {key for key, entry in organisations.items() if entry.get("tenant") == "home"}
    domains = tuple(str(organisations[key]["domain"]).lower() for key in organisations if key in home) or tuple(
        settings["domains"]
    )
    entries = list(_all(documents, "people"))
    accounts = {str(entry["email"]).lower(): entry for entry in settings["accounts"]}
    return Seed(
        tenant_id=settings["id"],
        tenant_name=settings["name"],
        initial_domain=settings["initial_domain"],
        domains=domains,
        sharepoint_host=settings["sharepoint_host"],
        apps=tuple(
            App(
                name=name,
                client_id=entry["client_id"],
                permissions=frozenset(
                    entry.get("permissions") or _lines((permissions or ROOT / "infra" / "permissions") / f"{name}.txt")
                ),
            )
            for name, entry in settings["identities"].items()
        ),
        members=tuple(
            _with_account(person, accounts.get(person.email.lower(), {}))
            for person in _people((entry for entry in entries if entry.get("organisation") in home), domains)
        ),
        people=_people(entries, domains),
        organizers=_people(settings["organizers"], domains),
        bot_endpoint=settings["bot"]["endpoint"],
        blocked_domains=frozenset(settings["b2b"].get("blocked_domains", ())),
        b2b_enabled=settings["b2b"].get("enabled", True),
        licences=settings["licences"],
        variants=settings["variants"],
        manifest=_manifest(manifest or ROOT / "teams_app" / "manifest.json", settings["identities"])
        or settings["teams_app"],
    )


def _people(entries: Iterable[Mapping[str, Any]], domains: tuple[str, ...]) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for entry in entries:
        email = str(entry.get("email") or "").replace("{home}", domains[0])
        if email:
            found.setdefault(email.lower(), Person(name=str(entry.get("name", email)), email=email))
    return tuple(found.values())


def _with_account(person: Person, account: Mapping[str, Any]) -> Person:
    """Give a person the account that the tenant's settings describe: another name, primary address, aliases."""
    return replace(
        person,
        name=str(account.get("name", person.name)),
        mail=account.get("mail"),
        has_mailbox=account.get("mail", person.email) is not None,
        aliases=tuple(account.get("aliases", ())),
    )


def _all(documents: Iterable[Mapping[str, Any]], key: str) -> Iterable[Mapping[str, Any]]:
    for document in documents:
        for entry in document.get(key) or ():
            if isinstance(entry, Mapping):
                yield entry


def _yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return found if isinstance(found, dict) else {}


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def _manifest(path: Path, identities: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the app's manifest, with the client ids of this tenant for placeholders such as {{HANDS_ID}}."""
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    for name, entry in identities.items():
        text = text.replace(f"{{{{{name.upper()}_ID}}}}", entry["client_id"])
    found: dict[str, Any] = json.loads(text)
    return found
