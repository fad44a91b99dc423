"""Microsoft 365 groups: the group itself, its owners and its members."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from integration.graph.client import Address, Graph, Json, Query, Request
from integration.graph.people import ACCOUNT_FIELDS, quoted, to_account
from integration.retry import Call
from workflows.errors import Conflict, Invalid, NotFound, RecipientNotAllowed, Transient
from workflows.ports.accounts import Account, Recipients
from workflows.ports.place import Group, GroupSpec

_WRITE = ("directory-writes",)
_FIELDS = (
    *("id", "uniqueName", "displayName", "description", "visibility", "mailNickname", "groupTypes"),
    *("assignedLabels", "expirationDateTime", "resourceProvisioningOptions"),
)
_CHANGEABLE = {"display_name": "displayName", "description": "description", "visibility": "visibility"}


class GraphGroups:
    """Groups and their owners. Needs the application permission Group.ReadWrite.All."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def find_group(self, unique_name: str) -> Group | None:
        return await self._find(f"find group {unique_name}", lambda sdk: sdk.groups_with_unique_name(unique_name))

    async def ensure_group(self, spec: GroupSpec, *, owner_ids: Sequence[str]) -> Group:
        """
        Create or update by unique name, and read it back.

        A repeat makes no second. The owners are set at creation (without one, SharePoint may never make the site) and
        are members too, which Teams and Planner ask for. Transient while the new group is not readable yet.
        """
        if not owner_ids:
            raise ValueError("a group needs an owner")
        existing = await self.find_group(spec.unique_name)
        body = {"displayName": spec.display_name, "description": spec.description}
        await self._graph.send(
            Request(
                action=f"create or update group {spec.unique_name}",
                address=lambda sdk: sdk.groups_with_unique_name(spec.unique_name),
                method="PATCH",
                call=Call.KEYED,
                headers={"Prefer": "create-if-missing"},
                body=body if existing else {**body, **self._creation(spec, owner_ids)},
                scopes=_WRITE,
            )
        )
        return _readable(await self.find_group(spec.unique_name), f"read group {spec.unique_name} back")

    async def read_group(self, group_id: str) -> Group | None:
        return await self._find(f"read group {group_id}", lambda sdk: sdk.groups.by_group_id(group_id))

    async def change_group(self, group_id: str, changes: Mapping[str, str]) -> Group:
        """*changes*: some of display_name, description and visibility. A repeat is harmless."""
        request = Request(
            action=f"change group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id),
            method="PATCH",
            call=Call.KEYED,
            body={_CHANGEABLE[name]: value for name, value in changes.items()},
            scopes=_WRITE,
        )
        await self._graph.send(request)
        return _readable(await self.read_group(group_id), request.action)

    async def list_namesakes(self, display_name: str, mail_nickname: str) -> Sequence[Group]:
        """The groups that are called so or have this address, whoever made them."""
        either = f"displayName eq {quoted(display_name)} or mailNickname eq {quoted(mail_nickname)}"
        request = Request(
            action=f"list the groups with the name or the address of {mail_nickname}",
            address=lambda sdk: sdk.groups,
            query=Query(filter=either, select=_FIELDS),
            scopes=["directory"] * 2,
        )
        return [_to_group(group) for group in await self._graph.list(request)]

    async def list_owners(self, group_id: str) -> Sequence[Account]:
        """Return the owners with what tells if they can sign in, which takes User.Read.All as well."""
        request = Request(
            action=f"list the owners of group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).owners,
            query=Query(select=ACCOUNT_FIELDS),
            scopes=["directory"] * 2,
        )
        return [to_account(user) for user in await self._graph.list(request)]

    async def add_owner(self, group_id: str, account_id: str) -> None:
        """A repeat is harmless. Transient while a new group or account is not known everywhere."""
        action = f"add owner {account_id} to group {group_id}"
        await _add_reference(self._graph, action, account_id, lambda sdk: sdk.groups.by_group_id(group_id).owners.ref)

    async def remove_owner(self, group_id: str, account_id: str) -> None:
        """Take the ownership and nothing else: without `/$ref` Graph would delete the user. A repeat is harmless."""
        request = Request(
            action=f"remove owner {account_id} from group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).owners.by_directory_object_id(account_id).ref,
            method="DELETE",
            call=Call.KEYED,
            scopes=_WRITE,
        )
        with suppress(NotFound):
            await self._graph.send(request)

    async def _find(self, action: str, address: Address) -> Group | None:
        request = Request(action=action, address=address, query=Query(select=_FIELDS), scopes=["directory"])
        try:
            return _to_group(await self._graph.get(request))
        except NotFound:
            return None

    def _creation(self, spec: GroupSpec, owner_ids: Sequence[str]) -> dict[str, object]:
        people = [self._graph.address(f"/users/{owner_id}") for owner_id in owner_ids]
        return {
            "groupTypes": ["Unified"],
            "mailEnabled": True,
            "mailNickname": spec.mail_nickname,
            "securityEnabled": False,
            "visibility": spec.visibility,
            "resourceBehaviorOptions": ["WelcomeEmailDisabled", "SubscribeMembersToCalendarEventsDisabled"],
            "owners@odata.bind": people,
            "members@odata.bind": people,
        }


class GraphMemberships:
    """
    Members of our groups. Needs the application permission GroupMember.ReadWrite.All.

    Takes memberships away, never directory objects: every removal ends in `/$ref`, without which Graph would delete
    the user.
    """

    def __init__(self, graph: Graph, recipients: Recipients) -> None:
        self._graph = graph
        self._recipients = recipients

    async def list_member_ids(self, group_id: str) -> Sequence[str]:
        """Return the members' ids: Graph answers nothing else about people to an identity that may not read users."""
        request = Request(
            action=f"list the members of group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).members,
            query=Query(select=("id",), top=100),
            scopes=["directory"] * 3,
        )
        return [member["id"] for member in await self._graph.list(request)]

    async def list_owner_ids(self, group_id: str) -> Sequence[str]:
        """Return the owners' ids, as above. Raises NotFound when there is no such group."""
        request = Request(
            action=f"list the owners of group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).owners,
            query=Query(select=("id",)),
            scopes=["directory"] * 2,
        )
        return [owner["id"] for owner in await self._graph.list(request)]

    async def add_member(self, group_id: str, account: Account) -> None:
        """
        Put a person, guests included, into the group; a repeat is harmless.

        Raises RecipientNotAllowed (Microsoft may mail new members) and Transient while a new group or account is not
        known everywhere.
        """
        action = f"add member {account.id} to group {group_id}"
        if not self._recipients.permits(account.email):
            raise RecipientNotAllowed(action, "the allow-list does not name the address")
        await _add_reference(
            *(self._graph, action, account.id, lambda sdk: sdk.groups.by_group_id(group_id).members.ref),
            independent=True,
        )

    async def remove_member(self, group_id: str, account: Account) -> None:
        """A repeat is harmless."""
        request = Request(
            action=f"remove member {account.id} from group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).members.by_directory_object_id(account.id).ref,
            method="DELETE",
            call=Call.KEYED,
            scopes=_WRITE,
        )
        with suppress(NotFound):
            await self._graph.send(request)


async def _add_reference(
    graph: Graph, action: str, account_id: str, address: Address, *, independent: bool = False
) -> None:
    """Add an account to a collection of references; one that is there already is success."""
    request = Request(
        action=action,
        address=address,
        method="POST",
        call=Call.KEYED,
        body={"@odata.id": graph.address(f"/directoryObjects/{account_id}")},
        scopes=_WRITE,
        independent=independent,
    )
    try:
        await graph.send(request)
    except Conflict:
        return
    except NotFound as exc:
        raise _not_everywhere(exc) from exc
    except Invalid as exc:
        if "exist" not in exc.reason:
            raise
        raise _not_everywhere(exc) from exc


def _not_everywhere(exc: NotFound | Invalid) -> Transient:
    """Entra answers 400 or 404 for a group or account made seconds ago."""
    return Transient(exc.action, exc.reason, request_id=exc.request_id)


def _readable(group: Group | None, action: str) -> Group:
    if group is None:
        raise Transient(action, "it is not readable yet")
    return group


def _to_group(group: Json) -> Group:
    return Group(
        id=group["id"],
        unique_name=group.get("uniqueName") or "",
        display_name=group.get("displayName") or "",
        description=group.get("description") or "",
        has_team="Team" in group.get("resourceProvisioningOptions", ()),
        visibility=group.get("visibility") or "",
        mail_nickname=group.get("mailNickname") or "",
        unified="Unified" in (group.get("groupTypes") or ()),
        expires_at=datetime.fromisoformat(expires) if (expires := group.get("expirationDateTime")) else None,
        labels=tuple(label["labelId"] for label in group.get("assignedLabels") or ()),
    )
