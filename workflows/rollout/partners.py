"""Organisations whose people are guests: what must be open between their directory and ours, and whom to call. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import texts
from config.programme import Programme
from config.values import Organisation, Tenant

Setting = Literal["open", "closed", "unknown"]
INBOUND = (
    "New-MgPolicyCrossTenantAccessPolicyPartner -BodyParameter @{{TenantId='{tenant}'; B2BCollaborationInbound="
    "@{{UsersAndGroups=@{{AccessType='allowed'; Targets=@(@{{Target='AllUsers'; TargetType='user'}})}}; "
    "Applications=@{{AccessType='allowed'; Targets=@(@{{Target='AllApplications'; TargetType='application'}})}}}}}}"
)
"""A command that our administrator runs, once for a partner."""


@dataclass(frozen=True, kw_only=True)
class PartnerCheck:
    """One organisation's line of the checklist."""

    organisation: str
    name: str
    domain: str
    guests: int
    """People of the register who belong to it."""
    tenant_id: str
    contact: str
    inbound: Setting
    outbound: Setting
    todo: tuple[str, ...]

    @property
    def settings(self) -> Sequence[tuple[str, Setting]]:
        """Return the settings of both ways in for guests, by the way."""
        return (("inbound", self.inbound), ("outbound", self.outbound))

    @property
    def is_open(self) -> bool:
        """Tell whether both directories are known to let its people in."""
        return self.inbound == self.outbound == "open"


def checklist(programme: Programme) -> list[PartnerCheck]:
    """Every organisation with guests, by name."""
    people = [person.organisation for person in programme.people]
    checks = [
        PartnerCheck(
            organisation=item.key,
            name=item.name,
            domain=item.domain,
            guests=people.count(item.key),
            tenant_id=item.tenant_id or "",
            contact=item.it_contact,
            inbound=item.inbound,
            outbound=item.outbound,
            todo=tuple(_todo(item, programme.language)),
        )
        for item in programme.organisations
        if item.tenant is Tenant.GUEST and item.key in people
    ]
    return sorted(checks, key=lambda check: texts.sort_key(check.name))


def whom_to_call(organisation: Organisation, language: str) -> str:
    """Return the advice for an invitation that the partner refuses."""
    contact = organisation.it_contact or texts.say("partners.no_contact", language)
    domain = organisation.domain
    return texts.say("partners.call", language, name=organisation.name, contact=contact, domain=domain)


def _todo(item: Organisation, language: str) -> list[str]:
    todo = []
    if item.tenant_id is None:
        address = f"https://login.microsoftonline.com/{item.domain}/.well-known/openid-configuration"
        todo.append(texts.say("partners.find_tenant", language, address=address))
    if not item.it_contact:
        todo.append(texts.say("partners.find_contact", language))
    if item.inbound != "open":
        command = INBOUND.format(tenant=item.tenant_id or "<tenant>")
        todo.append(texts.say("partners.open_inbound", language, command=command))
    if item.outbound != "open":
        todo.append(texts.say("partners.open_outbound", language))
    return todo
