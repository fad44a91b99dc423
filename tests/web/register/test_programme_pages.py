"""The county lead changes on pages what is the programme's alone: its head, organisations, schools, calendar, ends."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.signed_in import Browser
from tests.web.register.desk import Pages

ORGANISATION = {
    "name": "Stiftelsen Ungt arbeid", "kind": "association", "domain": "ungtarbeid.example", "tenant": "guest",
    "number": "", "it_contact": "Driftsvakta, 33 00 00 00", "tenant_id": "", "inbound": "open", "outbound": "unknown",
}  # fmt: skip


async def sent(browser: Browser, form: str, typed: Mapping[str, str], about: str = "") -> int:
    answer = await browser.send_form(f"/fylket/rediger/{form}?av={about}", dict(typed))
    return answer.status_code


async def section(pages: Pages, document: str, name: str) -> Any:
    return (await pages.register.documents())[document].get(name)


async def test_an_organisation_is_added_changed_and_taken_out(pages: Pages, county: Browser) -> None:
    before = await section(pages, "organisations.yaml", "organisations")

    assert await sent(county, "organisasjon", ORGANISATION) == 303
    added = (await section(pages, "organisations.yaml", "organisations"))[-1]
    assert added == {
        "key": "stiftelsen-ungt-arbeid", "name": "Stiftelsen Ungt arbeid", "kind": "association",
        "domain": "ungtarbeid.example", "tenant": "guest", "it_contact": "Driftsvakta, 33 00 00 00", "inbound": "open",
    }  # fmt: skip
    shown = (await county.get("/fylket/organisasjoner")).text
    assert "Stiftelsen Ungt arbeid" in shown
    assert "Hos oss: åpent. Hos dem: ikke kjent." in shown

    assert await sent(county, "organisasjon", {**ORGANISATION, "number": "12"}, added["key"]) == 400
    assert await sent(county, "organisasjon", {**ORGANISATION, "outbound": "open"}, added["key"]) == 303
    assert (await section(pages, "organisations.yaml", "organisations"))[-1]["outbound"] == "open"

    assert await sent(county, "organisasjon-ut", {}, added["key"]) == 303
    assert await section(pages, "organisations.yaml", "organisations") == before


async def test_an_organisation_that_somebody_belongs_to_is_not_taken_out(county: Browser) -> None:
    assert (await county.get("/fylket/rediger/organisasjon-ut?av=nav")).status_code == 404
    assert "organisasjon-ut?av=nav" not in (await county.get("/fylket/organisasjoner")).text


async def test_a_school_is_added_takes_part_and_is_taken_out_again(pages: Pages, county: Browser) -> None:
    new = {"name": "Horten fagskole", "municipality": "horten", "number": "999999999", "since": "", "until": ""}
    town = "municipalities/horten.yaml"

    assert await sent(county, "skole", new) == 303
    added = (await section(pages, town, "schools"))[0]
    assert (added["name"], added["municipality"]) == ("Horten fagskole", "horten")
    changed = {"name": "Horten fagskole", "number": "999999998", "since": "2026-08-17", "until": ""}
    assert await sent(county, "skole", changed, added["key"]) == 303
    assert (await section(pages, town, "schools"))[0]["since"] == "2026-08-17"

    municipality = {"place": "ours", "meetings": "ours", f"school_{added['key']}": "1", "school_horten": "1"}
    assert await sent(county, "kommune", municipality, "horten") == 303
    assert (await section(pages, town, "municipality"))["schools"] == ["horten", added["key"]]
    assert (await county.get(f"/fylket/rediger/skole-ut?av={added['key']}")).status_code == 404

    assert await sent(county, "kommune", {"place": "ours", "meetings": "ours", "school_horten": "1"}, "horten") == 303
    assert await sent(county, "skole-ut", {}, added["key"]) == 303
    assert not await section(pages, town, "schools")


async def test_a_theme_is_added_given_to_a_package_renamed_and_taken_out_again(pages: Pages, county: Browser) -> None:
    before = await section(pages, "programme.yaml", "themes")
    assert await sent(county, "tema", {"name": "Språk og arbeid"}) == 303
    added = (await section(pages, "programme.yaml", "themes"))[-1]
    assert added == {"key": "sprak-og-arbeid", "name": "Språk og arbeid"}
    assert await sent(county, "tema", {"name": "Overganger"}, added["key"]) == 400

    package = {"name": "Verkstedet", "summary": "", "channel_name": "", "theme": added["key"]}
    changed = "/kommune/horten/rediger/pakke?av=horten-verkstedet"
    assert (await county.send_form(changed, package)).status_code == 303
    assert (await section(pages, "municipalities/horten.yaml", "work_packages"))[0]["theme"] == added["key"]
    assert (await county.get(f"/fylket/rediger/tema-ut?av={added['key']}")).status_code == 404

    assert await sent(county, "tema", {"name": "Norsk og arbeid"}, added["key"]) == 303
    assert "Tema: Norsk og arbeid." in (await county.get("/kommune/horten/arbeidspakker")).text
    assert "Norsk og arbeid" in (await county.get("/fylket/programmet")).text

    assert (await county.send_form(changed, {**package, "theme": ""})).status_code == 303
    assert "theme" not in (await section(pages, "municipalities/horten.yaml", "work_packages"))[0]
    assert await sent(county, "tema-ut", {}, added["key"]) == 303
    assert await section(pages, "programme.yaml", "themes") == before
    assert (await county.get("/fylket/rediger/tema?av=ingen")).status_code == 404


async def test_the_programme_gets_another_end_and_goals(pages: Pages, county: Browser) -> None:
    known = await section(pages, "programme.yaml", "programme")
    typed = {
        **{name: str(known[name]) for name in ("name", "local_name", "first_day", "language", "vision")},
        "last_day": "2028-12-31",
        "goals": "Ett mål\nEt annet mål",
    }

    assert await sent(county, "programmet", typed) == 303

    changed = {"last_day": "2028-12-31", "goals": ["Ett mål", "Et annet mål"]}
    assert await section(pages, "programme.yaml", "programme") == {**known, **changed}
    shown = (await county.get("/fylket/programmet")).text
    assert "31. desember 2028" in shown
    assert "Et annet mål" in shown
    assert await sent(county, "programmet", {**typed, "last_day": "2020-01-01"}) == 400


async def test_the_programme_gets_a_colour_that_white_can_be_read_on(pages: Pages, county: Browser) -> None:
    known = await section(pages, "programme.yaml", "programme")
    typed = {name: str(known[name]) for name in ("name", "local_name", "first_day", "last_day", "language", "vision")}
    typed["goals"] = "\n".join(known["goals"])

    refused = await county.send_form("/fylket/rediger/programmet", {**typed, "colour": "#ffff00"})
    assert refused.status_code == 400
    assert "Verdien «#ffff00» kan ikke brukes her" in refused.text
    assert await sent(county, "programmet", {**typed, "colour": "#5b2a6e"}) == 303
    assert await section(pages, "programme.yaml", "programme") == {**known, "colour": "#5b2a6e"}
    assert "#5b2a6e" in (await county.get("/fylket/programmet")).text
    assert await sent(county, "programmet", {**typed, "colour": ""}) == 303
    assert await section(pages, "programme.yaml", "programme") == known


async def test_what_is_written_as_a_goal_passes_the_privacy_guard(county: Browser) -> None:
    typed = {"name": "Våre unge", "local_name": "Våre unge", "first_day": "2025-01-01", "last_day": "2027-12-31"}

    answer = await county.send_form("/fylket/rediger/programmet", {**typed, "language": "nb", "goals": "01010012356"})

    assert answer.status_code == 400
    assert "fødselsnummer" in answer.text


async def test_the_hours_for_sending_are_set(pages: Pages, county: Browser) -> None:
    known = await section(pages, "calendar.yaml", "sending")
    days = {f"weekdays_{day}": "1" for day in range(5)}

    assert await sent(county, "sendetid", {"first": "09:00", "last": "14:00", **days}) == 303
    assert await section(pages, "calendar.yaml", "sending") == {**known, "first": "09:00", "last": "14:00"}
    assert "09.00" in (await county.get("/fylket/kalender")).text
    assert await sent(county, "sendetid", {"first": "16:00", "last": "14:00", **days}) == 400
    assert await sent(county, "sendetid", {"first": "09:00", "last": "14:00"}) == 400


async def test_a_day_when_many_are_busy_is_added_once_and_taken_out(pages: Pages, county: Browser) -> None:
    typed = {"day": "2026-12-08", "name": "Kommunestyret", "municipality": "horten"}
    entry = {"day": "2026-12-08", "name": "Kommunestyret", "municipality": "horten"}

    assert await sent(county, "opptatt-dag", typed) == 303
    assert await sent(county, "opptatt-dag", typed) == 303
    assert await section(pages, "calendar.yaml", "busy_days") == [entry]
    assert await sent(county, "opptatt-dag", {**typed, "municipality": ""}) == 303
    assert len(await section(pages, "calendar.yaml", "busy_days")) == 2
    assert "Kommunestyret" in (await county.get("/fylket/kalender")).text

    assert await sent(county, "opptatt-dag-ut", {}, "2026-12-08/horten/Kommunestyret") == 303
    assert await sent(county, "opptatt-dag-ut", {}, "2026-12-08//Kommunestyret") == 303
    assert not await section(pages, "calendar.yaml", "busy_days")


async def test_an_assumed_school_break_is_confirmed_and_moved(pages: Pages, county: Browser) -> None:
    breaks = await section(pages, "calendar.yaml", "school_breaks")
    assumed = next(item for item in breaks if item.get("status") == "assumed")
    typed = {
        "school_year": assumed["school_year"], "kind": assumed["kind"], "first": assumed["first"],
        "last": assumed["last"], "source": "Vedtatt i fylkestinget", "status": "adopted",
    }  # fmt: skip

    assert await sent(county, "skoleferie", typed, f"{assumed['kind']}/{assumed['first']}") == 303

    found = await section(pages, "calendar.yaml", "school_breaks")
    changed = [item for item in found if item not in breaks]
    assert [(item["source"], item.get("status")) for item in changed] == [("Vedtatt i fylkestinget", None)]
    assert len(found) == len(breaks)


async def test_an_activity_is_added_and_goes_with_its_progress(pages: Pages, county: Browser) -> None:
    typed = {"text": "Holde vårens samling", "years": "2027", "level": "county", "responsible": ""}

    assert await sent(county, "aktivitet", typed) == 303
    added = (await section(pages, "programme.yaml", "activities"))[-1]
    assert added == {"key": "N27-01", "text": "Holde vårens samling", "years": [2027], "level": "county"}
    assert await sent(county, "framdrift", {"state": "under_way", "note": ""}, "N27-01") == 303

    assert await sent(county, "aktivitet-ut", {}, "N27-01") == 303
    assert "N27-01" not in str(await pages.register.documents())


async def test_a_new_budget_line_is_a_line_of_its_own(pages: Pages, county: Browser) -> None:
    before = await section(pages, "programme.yaml", "budget")
    typed = {"purpose": "Reise til konferansen", "amount": "20000", "years": "2026", "per": "programme"}

    assert await sent(county, "budsjett", typed) == 303

    after = await section(pages, "programme.yaml", "budget")
    assert after[:-1] == before
    assert (after[-1]["purpose"], after[-1]["amount"]) == ("Reise til konferansen", 20000)


async def test_a_municipality_leaves_and_takes_part_after_all(pages: Pages, county: Browser) -> None:
    form = (await county.get("/fylket/rediger/kommune-slutt?av=horten")).text
    assert "kan få avlysning fra Outlook" in form
    assert "Teamet arkiveres" in form

    assert await sent(county, "kommune-slutt", {"until": "2026-12-31", "later_meetings": "keep"}, "horten") == 303
    head = await section(pages, "municipalities/horten.yaml", "municipality")
    assert (head["until"], head["later_meetings"]) == ("2026-12-31", "keep")
    assert "kommune-blir?av=horten" in (await county.get("/fylket/kommuner")).text

    assert await sent(county, "kommune-blir", {}, "horten") == 303
    head = await section(pages, "municipalities/horten.yaml", "municipality")
    assert "until" not in head
    assert (await county.get("/fylket/rediger/kommune-blir?av=horten")).status_code == 404


@pytest.mark.parametrize("form", ["organisasjon", "skole", "aktivitet", "skoleferie", "opptatt-dag-ut", "aktivitet-ut"])
async def test_what_is_not_there_is_not_found(county: Browser, form: str) -> None:
    assert (await county.get(f"/fylket/rediger/{form}?av=ingen")).status_code == 404


async def test_the_county_says_for_all_what_a_municipality_may_say_otherwise(pages: Pages, county: Browser) -> None:
    about = "bodies/local-board/rounds/opens"

    assert await sent(county, "lokalt", {"opens": "28"}, about) == 303

    bodies = (await section(pages, "county.yaml", "overrides"))["bodies"]
    assert bodies["local-board"] == {"rounds": {"opens": 28}}
    programme = await pages.register.programme()
    rounds = [programme.local_board(town.slug).rounds for town in programme.municipalities]
    assert [item.opens for item in rounds if item is not None] == [28] * len(programme.municipalities)
    shown = (await county.get("/fylket/standard?av=bodies/local-board")).text
    assert "Malen sier: 21" in shown

    assert await sent(county, "som-malen", {}, about) == 303
    assert "local-board" not in (await section(pages, "county.yaml", "overrides"))["bodies"]


@pytest.mark.parametrize(
    ("about", "typed", "said"),
    [
        pytest.param("bodies/owner-board/chair", {"chair": "county_lead"}, "county_lead", id="a chair"),
        pytest.param("bodies/owner-board/rhythm/after_local_round", {}, False, id="not after the local boards"),
        pytest.param(
            "bodies/lead-network/fixed_dates", {"fixed_dates": "7.12.2026 09.00"}, ["2026-12-07T09:00:00"], id="days"
        ),
        pytest.param(
            "places/owner-board/members",
            {"members_owner_board_member": "1", "members_county_lead": "1"},
            ["county_lead", "owner_board_member"],
            id="members",
        ),
    ],
)
async def test_bodies_and_places_common_to_the_programme_are_changed_too(
    pages: Pages, county: Browser, about: str, typed: dict[str, str], said: Any
) -> None:
    part, key, *path = about.split("/")

    assert await sent(county, "lokalt", typed, about) == 303

    found = (await section(pages, "county.yaml", "overrides"))[part][key]
    for step in path:
        found = found[step]
    assert found == said
    assert (await county.get(f"/fylket/standard?av={part}/{key}")).status_code == 200


async def test_a_gathering_gets_another_day(pages: Pages, county: Browser) -> None:
    typed = {"first": "2026-03-09", "last": "2026-03-20", "starts": "09:00", "minutes": "300"}

    assert await sent(county, "lokalt-nytt", typed, "bodies/competence-days/occasions") == 303
    body = (await pages.register.programme()).body("competence-days")
    assert [str(item.first) for item in body.occasions] == ["2025-03-10", "2025-09-08", "2026-03-09"]

    moved = {"included": "1", "first": "2025-03-17", "last": "2025-05-16", "starts": "09:00", "minutes": "360"}
    assert await sent(county, "lokalt-punkt", moved, "bodies/competence-days/occasions/spring") == 303
    own = (await section(pages, "county.yaml", "overrides"))["bodies"]["competence-days"]["occasions"]
    assert own[-1] == {"key": "spring", "first": "2025-03-17"}
    assert "17. mars 2025" in (await county.get("/fylket/standard?av=bodies/competence-days")).text


async def test_a_group_without_dates_gets_regular_meetings_and_loses_them_again(pages: Pages, county: Browser) -> None:
    before = await section(pages, "county.yaml", "overrides")
    days = {"weekdays_3": "1"}
    typed = {"wanted_gap": "28", "least_gap": "21", "most_gap": "35", "starts": "10:00", "minutes": "60", **days}

    assert await sent(county, "rytme-ny", typed, "package-leads") == 303
    programme = await pages.register.programme()
    body = next(item for item in programme.bodies if item.kind == "package_leads" and item.municipality == "horten")
    assert body.rhythm is not None
    assert (body.rhythm.wanted_gap, body.rhythm.weekdays) == (28, (3,))
    assert (await county.get("/fylket/rediger/rytme-ny?av=package-leads")).status_code == 404
    assert "rytme-ut" in (await county.get("/fylket/standard?av=bodies/package-leads")).text

    assert await sent(county, "rytme-ut", {}, "package-leads") == 303
    assert await section(pages, "county.yaml", "overrides") == before
    assert (await county.get("/fylket/rediger/rytme-ut?av=owner-board")).status_code == 404


async def test_the_page_of_the_template_leads_to_each_body_and_place(pages: Pages, county: Browser) -> None:
    shown = (await county.get("/fylket/standard")).text
    template = (await pages.register.documents())["template.yaml"]

    for part in ("bodies", "places"):
        for key in template[part]:
            assert f"av={part}%2F{key}" in shown
            assert (await county.get(f"/fylket/standard?av={part}/{key}")).status_code == 200
    assert "{municipality}" not in shown
