"""The template over all municipalities: differences first, then the chosen ones."""

from tests.support.rollout import PLACE, small
from tests.web.rollout.conftest import CountyLead

PATH = "/fylket/malen"


async def test_the_differences_of_a_changed_template_are_shown_before_the_upgrade(lead: CountyLead) -> None:
    await lead.bench.made(PLACE)
    documents = small()
    channels = documents["template.yaml"]["places"]["municipality"]["channels"]
    next(channel for channel in channels if channel["key"] == "board")["name"] = "Lederteamet"
    await lead.bench.import_(documents)
    assert "Ikke sett på ennå" in await lead.page(PATH)

    assert await lead.press(f"{PATH}/se") == PATH
    assert "Vi ser på alle rommene nå." in await lead.page(PATH)
    await lead.run("rollout.preview")

    shown = await lead.page(PATH)
    assert "<del>Styret</del> <ins>Lederteamet</ins>" in shown
    assert f'id="place-{PLACE}" value="{PLACE}" checked' in shown
    assert await lead.press(f"{PATH}/oppgrader", {"place": PLACE}) == "/fylket/utrulling"
    await lead.run("rollout.place")
    assert lead.bench.sandbox.app is not None
    (team,) = lead.bench.sandbox.app.tenant.teams.teams.values()
    assert "Lederteamet" in {channel.name for channel in team.channels.values()}


async def test_nothing_chosen_orders_nothing(lead: CountyLead) -> None:
    assert await lead.press(f"{PATH}/oppgrader", {"place": "nowhere"}) == PATH

    units = await lead.bench.services.record.units.list_units(kind="rollout.place")
    assert list(units) == []
