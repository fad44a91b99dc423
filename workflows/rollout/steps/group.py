"""The part of a rollout that makes the place's group, and sees that it is called and closed as it should be."""

from collections.abc import Mapping
from dataclasses import replace

from workflows.errors import Conflict, Invalid
from workflows.ports.accounts import Account
from workflows.ports.place import Group, GroupSpec
from workflows.rollout.compare import compare, written
from workflows.rollout.group_ownership import group_of, namesakes
from workflows.rollout.plan import Item, State
from workflows.rollout.ports import Resource
from workflows.rollout.steps.members import MemberSteps
from workflows.rollout.walk import Walk

PRIVATE = "Private"


class GroupSteps:
    """Makes the group, or brings in order what people left as we wrote it."""

    def __init__(self, walk: Walk, members: MemberSteps) -> None:
        self._walk = walk
        self._members = members
        spec = walk.wanted.spec
        self._wanted = {"display_name": spec.name, "description": spec.description, "visibility": PRIVATE}

    async def take(self, accounts: Mapping[str, Account]) -> Group | None:
        """The group, if there is one. Raises Question."""
        group = await self._walk.reads.get(group_of, self._walk)
        if group is None:
            group = await self._make(accounts)
        else:
            group = await self._bring_in_order(group)
        if group is not None:
            self._label(group)
        return group

    async def _make(self, accounts: Mapping[str, Account]) -> Group | None:
        walk, spec = self._walk, self._walk.wanted.spec
        owner_ids = [
            accounts[owner.email.lower()].id
            for owner in walk.wanted.owners
            if owner.key in walk.permitted and owner.email.lower() in accounts
        ]
        if not owner_ids:
            # No account, or left out by a rehearsal's allow-list. A group without an owner may never get a site.
            walk.log.note(Item(key="group", state=State.PENDING, reason="no_usable_owner"))
            return None
        item = Item(key="group", state=State.MISSING, new=spec.name, layer=walk.wanted.layer("name"))
        if not walk.note_wanted(item):
            return None
        wanted = GroupSpec(
            unique_name=spec.unique_name,
            display_name=spec.name,
            description=spec.description,
            mail_nickname=spec.mail_nickname,
            visibility=PRIVATE,
        )
        await self._members.given_with_the_group(accounts)
        with walk.log.alone(item):
            try:
                group = await walk.ports.groups.ensure_group(wanted, owner_ids=owner_ids)
            except Conflict as error:
                await self._ask_about_the_other(item, error)
                return None
            await walk.history.note("rollout.group_made", group=group.id)
            await self._keep(group, dict.fromkeys(self._wanted, item))
            return group
        return None

    async def _ask_about_the_other(self, item: Item, error: Conflict) -> None:
        """Somebody else's group got the address meanwhile: whether it is ours is not for a program to say."""
        question = await namesakes(self._walk) or replace(item, state=State.PENDING, reason="address_in_use")
        self._walk.log.replace(replace(question, detail=str(error)))

    async def _bring_in_order(self, group: Group) -> Group:
        walk, known = self._walk, self._walk.known.get("group")
        items = {}
        for name, key, layer in _VALUES:
            seen = str(getattr(group, name))
            before = written(known, name)
            item = compare(key, wanted=self._wanted[name], seen=seen, written=before, layer=walk.wanted.layer(layer))
            items[name] = walk.as_ordered(item)
        changes = {name: self._wanted[name] for name, item in items.items() if walk.note_wanted(item)}
        if changes:
            try:
                group = await walk.ports.groups.change_group(group.id, changes)
            except (Conflict, Invalid) as error:
                for name in changes:
                    with walk.log.alone(items[name]):
                        raise error
                return group
            await walk.history.note("rollout.group_changed", group=group.id)
        await self._keep(group, items)
        return group

    async def _keep(self, group: Group, items: Mapping[str, Item]) -> None:
        values = {name: (item, self._wanted[name], str(getattr(group, name))) for name, item in items.items()}
        await self._walk.keep_values(Resource(key="group", external_id=group.id), values)

    def _label(self, group: Group) -> None:
        """A sensitivity label, which apps can see and only people can give."""
        spec = self._walk.wanted.spec
        if not spec.label:
            return
        item = Item(key="group.label", state=State.SAME, new=spec.label, layer=self._walk.wanted.layer("label"))
        if spec.label not in group.labels:
            todo = f"Set-UnifiedGroup -Identity {spec.mail_nickname} -SensitivityLabelId {spec.label}"
            item = replace(item, state=State.PENDING, reason="label_by_hand", todo=todo)
        self._walk.log.note(item)


_VALUES = (
    ("display_name", "group", "name"),
    ("description", "group.description", "description"),
    ("visibility", "group.visibility", "visibility"),
)
"""Of each value of a group: what it is called, under which key the plan has it, and in the template."""
