"""The register's pages: every table and every form opens, an edit is stored with its history, and mistakes are told."""

import html
import re
from typing import Any

import pytest

import texts
from config.loading import load_documents
from config.values import Role
from tests.support.signed_in import Browser
from tests.web.register.desk import COUNTY, FOLDER, HERE, LEAD, PACKAGE, Pages
from web.register.forms.registry import COUNTY_FORMS, MUNICIPALITY_FORMS
from web.register.pages import COUNTY_PAGES, MUNICIPALITY_PAGES
from workflows.register.edits.people import ChangePerson
from workflows.register.model import Act

# -------------------------------------------------------------------------------------------------------------- seeing


@pytest.mark.parametrize("name", sorted(MUNICIPALITY_PAGES))
async def test_the_local_lead_sees_each_page_of_the_municipality_and_nobody_elses(lead: Browser, name: str) -> None:
    shown = await lead.get(f"{HERE}/{name}")

    assert shown.status_code == 200
    assert "<h1" in shown.text
    assert (await lead.get(f"/kommune/larvik/{name}")).status_code == 404


@pytest.mark.parametrize("name", sorted(COUNTY_PAGES))
async def test_the_county_lead_sees_each_page_of_the_programme_and_a_local_lead_none(
    county: Browser, lead: Browser, name: str
) -> None:
    assert (await county.get(f"/fylket/{name}")).status_code == 200
    assert (await lead.get(f"/fylket/{name}")).status_code == 404


async def test_every_way_to_a_form_of_a_municipality_leads_to_one(lead: Browser) -> None:
    followed = set()
    for name in MUNICIPALITY_PAGES:
        text = (await lead.get(f"{HERE}/{name}")).text
        for address in sorted(set(re.findall(r'href="([^"]*/rediger/[^"]*)"', text))):
            form = address.partition("/rediger/")[2].partition("?")[0]
            if form in followed:
                continue
            followed.add(form)
            shown = await lead.get(address.replace("&amp;", "&"))
            assert shown.status_code == 200, address
            assert 'name="csrf"' in shown.text

    of_what_is_not_there_yet = {
        "partner-ut", "interessent-ut", "budsjett-ut", "skoleferie-ut", "pakke-styre-ut", "pakke-vedta",
        "pakke-gjenoppta", "motedatoer", "motedato-las", "motedato-frigi", "rytme-ut",
    }  # fmt: skip
    assert set(MUNICIPALITY_FORMS) - followed - {"person-ut"} == of_what_is_not_there_yet


async def test_every_way_to_a_form_of_the_programme_leads_to_one(county: Browser) -> None:
    followed = set()
    for name in COUNTY_PAGES:
        text = (await county.get(f"/fylket/{name}")).text
        for address in sorted(set(re.findall(r'href="([^"]*/rediger/[^"]*)"', text))):
            form = address.partition("/rediger/")[2].partition("?")[0]
            if form not in followed:
                followed.add(form)
                assert (await county.get(address.replace("&amp;", "&"))).status_code == 200, address

    of_what_is_not_there_yet = {
        "interessent-ut",
        "opptatt-dag-ut",
        "kommune-blir",
        "organisasjon-ut",
        "skole-ut",
        "tema-ut",
    }
    on_a_page_of_one_part = {form for form in COUNTY_FORMS if form.startswith(("lokalt", "rytme", "som-", "punkt-"))}
    assert set(COUNTY_FORMS) - followed - {"person-ut"} == of_what_is_not_there_yet | on_a_page_of_one_part
    assert set(COUNTY_FORMS) >= followed


@pytest.mark.parametrize(
    "address",
    [
        "rediger/ingen",
        "rediger/person?av=ingen",
        "rediger/person?av=leder-vestfold",
        "rediger/pakke?av=larvik-helsefagpiloten",
        "rediger/pakke?av=ingen",
        "rediger/rolle-bytt?av=king/",
        "rediger/rolle-bytt?av=work_package_lead/larvik-helsefagpiloten",
        "rediger/malepunkt-ut?av=ingen/ingen",
        f"rediger/malepunkt?av={PACKAGE}/ingen",
        f"rediger/pakke-styre-ut?av={PACKAGE}/faerder",
        f"rediger/malepunkt-ut?av={PACKAGE}/ingen",
        "rediger/avtale?av=ingen",
        "rediger/interessent?av=ingen",
        "rediger/budsjett?av=B1",
        "rediger/forbruk?av=ingen/2026",
        "rediger/forbruk?av=B4/x",
        "rediger/framdrift?av=ingen",
        "rediger/lokalt?av=bodies/owner-board/location",
        "rediger/partner-ut?av=ingen",
        "rediger/motedatoer",
        "rediger/motedato-las?av=i-morgen",
        "rediger/motedato-frigi?av=2026-10-13T09:00",
        "moteplan/flytt?mote=ingen",
        "rediger/kommune?av=horten",
        "logg/1/angre",
        "logg/99/angre",
        "logg/x/angre",
    ],
)
async def test_what_is_not_there_or_not_theirs_is_not_found(lead: Browser, address: str) -> None:
    assert (await lead.get(f"{HERE}/{address}")).status_code == 404


def column(page: str, table: int, number: int) -> list[str]:
    """Return a column of a page's table, without the notes below its words."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.split("<table")[table], re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)(?:<br>.*?)?</t[hd]>", row, re.DOTALL)[number] for row in rows]
    return [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]


async def test_a_table_is_sorted_by_its_address_and_the_others_stay_as_they_are(lead: Browser) -> None:
    as_it_is = (await lead.get(f"{HERE}/folk")).text
    by_name = (await lead.get(f"{HERE}/folk?sort=2.0")).text
    turned = (await lead.get(f"{HERE}/folk?sort=-2.0")).text

    assert column(turned, 2, 0) == column(by_name, 2, 0)[::-1]
    assert sorted(column(turned, 2, 0), key=texts.sort_key) == column(by_name, 2, 0)
    assert column(turned, 1, 1) == column(as_it_is, 1, 1)
    assert 'aria-sort="ascending"' in by_name
    assert 'href="/kommune/horten/folk?sort=-2.0"' in by_name


async def test_days_and_numbers_are_sorted_by_what_they_are(county: Browser) -> None:
    first_days = [(await county.get(f"/fylket/kalender?sort={order}")).text for order in ("1.1", "-1.1")]
    amounts = column((await county.get("/fylket/okonomi?sort=1.2")).text, 1, 2)

    assert column(first_days[0], 1, 1) == column(first_days[1], 1, 1)[::-1]
    numbers = [int(re.sub(r"\D", "", text)) for text in amounts if text != "–"]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 1


@pytest.mark.parametrize("asked", ["9.9", "1.99", "x", "-", "2"])
async def test_an_order_that_no_table_has_changes_nothing(lead: Browser, asked: str) -> None:
    assert column((await lead.get(f"{HERE}/folk?sort={asked}")).text, 2, 0) == column(
        (await lead.get(f"{HERE}/folk")).text, 2, 0
    )


# ------------------------------------------------------------------------------------------------------------- editing


async def test_a_lead_is_replaced_on_the_page_and_the_log_says_who_did_it(pages: Pages, lead: Browser) -> None:
    before = await pages.register.programme()
    (old,) = before.holders(Role.WORK_PACKAGE_LEAD, on=before.today(pages.clock.now()), work_package=PACKAGE)

    stored = await lead.send_form(
        f"{HERE}/rediger/rolle-bytt?av=work_package_lead/{PACKAGE}",
        {"person": "skolesjef-horten", "first_day": "2026-10-01", "sett": "1"},
    )

    assert (stored.status_code, stored.headers["location"]) == (303, f"{HERE}/folk?lagret=2")
    held = (await pages.register.programme()).assigned(Role.WORK_PACKAGE_LEAD, PACKAGE)
    assert [(item.person, str(item.since), str(item.until)) for item in held] == [
        (old.key, "None", "2026-09-30"),
        ("skolesjef-horten", "2026-10-01", "None"),
    ]
    shown = (await lead.get(stored.headers["location"])).text
    assert "Endringen er lagret" in shown
    assert f"{HERE}/logg/2/angre" in shown
    log = (await lead.get(f"{HERE}/logg")).text
    assert "Byttet hvem som har en rolle" in log
    assert "Leder Våre unge Horten, tirsdag 8. september 2026 kl. 14.00" in log


async def test_a_person_who_is_not_there_is_added_on_the_way_and_the_form_goes_on(pages: Pages, lead: Browser) -> None:
    form = f"{HERE}/rediger/rolle-bytt?av=work_package_lead%2F{PACKAGE}"
    shown = (await lead.get(form)).text
    to_person = html.unescape(re.findall(r'href="([^"]*/rediger/person-ny\?[^"]*)"', shown)[0])
    person = {"name": "Ny Leder", "email": "ny.leder@horten.example", "organisation": "", "title": "", "language": "nb"}

    added = await lead.send_form(to_person, person)

    assert added.headers["location"] == f"{form}&lagret=2"
    again = (await lead.get(added.headers["location"])).text
    assert "Endringen er lagret" in again
    assert '<option value="ny-leder">Ny Leder (ny.leder@horten.example)</option>' in again


async def test_a_way_back_that_is_no_form_of_the_page_is_not_gone(lead: Browser) -> None:
    person = {"name": "Ny Leder", "email": "ny.leder@horten.example", "organisation": "", "title": "", "language": "nb"}

    added = await lead.send_form(
        f"{HERE}/rediger/person-ny?til=https://elsewhere.example/kommune/horten/rediger/", person
    )

    assert added.headers["location"] == f"{HERE}/folk?lagret=2"


async def test_a_change_is_undone_from_the_log(pages: Pages, lead: Browser) -> None:
    await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", person_form(title="Rådgiver"))
    asked = (await lead.get(f"{HERE}/logg/2/angre")).text
    assert "Tittel: «ingenting» blir «Rådgiver»" in asked

    undone = await lead.send_form(f"{HERE}/logg/2/angre", {})

    assert undone.headers["location"] == f"{HERE}/logg?lagret=3"
    assert (await pages.register.programme()).person(LEAD).title == ""
    assert "Angret endring 2" in (await lead.get(f"{HERE}/logg")).text


async def test_what_was_changed_since_is_not_undone(pages: Pages, lead: Browser) -> None:
    for title in ("En", "To"):
        await pages.desk.edit(ChangePerson(person=LEAD, values={"title": title}), by=COUNTY)

    refused = await lead.send_form(f"{HERE}/logg/2/angre", {})

    assert refused.status_code == 409
    assert "Tittel er endret igjen etterpå, av Leder Våre unge Vestfold: «To»" in refused.text
    assert "Angre endringen" not in refused.text


async def test_an_undo_that_would_break_a_rule_says_so(pages: Pages, lead: Browser) -> None:
    await lead.send_form(f"{HERE}/rediger/person-ny", person_form(name="Ny person", email="ny@horten.example"))
    await lead.send_form(
        f"{HERE}/rediger/rolle-ny", {"role": "board_member/", "person": "ny-person", "since": "2026-09-08"}
    )

    refused = await lead.send_form(f"{HERE}/logg/2/angre", {})

    assert refused.status_code == 400
    assert "Endringen kan ikke angres" in refused.text
    assert (await pages.register.programme()).find_person("ny-person")


async def test_a_local_lead_does_not_undo_what_reaches_further(pages: Pages, lead: Browser) -> None:
    documents = load_documents(FOLDER)
    documents["people.yaml"]["people"][0]["title"] = "X"
    documents["municipalities/horten.yaml"]["people"][0]["title"] = "Y"

    def change(now: dict[str, Any]) -> int:
        now.update(documents)
        return 2

    await pages.register.change(change, Act(by=COUNTY, kind="person.changed", at=pages.clock.now()))

    refused = await lead.send_form(f"{HERE}/logg/2/angre", {})

    assert refused.status_code == 400
    assert "Be fylket om å angre den" in refused.text


def person_form(**values: str) -> dict[str, str]:
    known = {
        "name": "Leder Våre unge Horten",
        "email": "leder.vareunge@horten.example",
        "organisation": "horten-kommune",
        "title": "",
        "first_name": "",
        "language": "nb",
        "sett": "1",
    }
    return {**known, **values}


async def test_what_was_typed_stays_and_each_mistake_stands_at_its_field(pages: Pages, lead: Browser) -> None:
    typed = person_form(name="", email="leder@elsewhere.example", title="Min tittel")

    first = await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", typed)
    then = await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", {**typed, "name": "Leder"})

    assert first.status_code == then.status_code == 400
    assert '<a class="ds-link" href="#name">Navn: Fyll ut feltet.</a>' in first.text
    assert 'value="leder@elsewhere.example"' in first.text
    assert 'href="#email">E-post: Adressen hører ikke til organisasjonen' in then.text
    assert 'value="Min tittel"' in then.text
    assert (await pages.register.state()).version == 1


async def test_the_second_of_two_editors_is_told_and_decides(pages: Pages, lead: Browser) -> None:
    await pages.desk.edit(ChangePerson(person=LEAD, values={"title": "Deres"}), by=COUNTY)

    told = await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", person_form(title="Min"))

    assert told.status_code == 409
    assert "Tittel: Leder Våre unge Vestfold satte «Deres», du skrev «Min»." in told.text
    assert 'value="Min"' in told.text
    assert 'name="sett" value="2"' in told.text
    assert (await pages.register.programme()).person(LEAD).title == "Deres"

    again = await lead.send_form(f"{HERE}/rediger/person?av={LEAD}", person_form(title="Min", sett="2"))
    assert again.status_code == 303
    assert (await pages.register.programme()).person(LEAD).title == "Min"


async def test_a_version_that_no_form_showed_is_taken_for_the_one_there_is(pages: Pages, lead: Browser) -> None:
    for number, seen in enumerate(("99999999999", "x", "-1", "7")):
        stored = await lead.send_form(
            f"{HERE}/rediger/person?av={LEAD}", person_form(title=f"Tittel {number}", sett=seen)
        )
        assert stored.status_code == 303
    assert (await pages.register.programme()).person(LEAD).title == "Tittel 3"


async def test_nothing_about_one_person_is_stored_unasked(pages: Pages, lead: Browser) -> None:
    form = {"name": "Foreldrerådet", "interest": "Ring Kari på 912 34 567", "involvement": "informed"}

    asked = await lead.send_form(f"{HERE}/rediger/interessent", form)

    assert asked.status_code == 400
    assert "telefonnummer" in asked.text
    assert (await pages.register.programme()).stakeholders == ()
    word = re.search(r'name="confirmed" value="([^"]+)"', asked.text)
    assert word is not None
    stored = await lead.send_form(f"{HERE}/rediger/interessent", {**form, "confirmed": word[1]})
    assert stored.status_code == 303


async def test_a_person_s_organisation_is_found_by_the_domain(pages: Pages, lead: Browser) -> None:
    form = person_form(name="Ny person", email="ny@horten.example", organisation="")

    stored = await lead.send_form(f"{HERE}/rediger/person-ny", form)

    assert stored.status_code == 303
    assert (await pages.register.programme()).person("ny-person").organisation == "horten-kommune"


FILLED = (
    pytest.param("rolle-ny", {"role": "contributor/" + PACKAGE, "person": LEAD, "since": "2026-09-08"}, "folk",
                 id="a role"),
    pytest.param("pakke-ny", {"name": "Ny pakke", "lead": LEAD, "since": "8.9.2026", "minor": "1"}, "arbeidspakker",
                 id="a minor measure"),
    pytest.param(f"pakke?av={PACKAGE}", {"name": "Annet navn"}, "arbeidspakker", id="a package's name"),
    pytest.param(f"pakke-styre?av={PACKAGE}", {"boards": "faerder"}, "arbeidspakker", id="a board more"),
    pytest.param(f"pakke-slutt?av={PACKAGE}", {"decision": "12/2026", "last_day": "2026-12-31"}, "arbeidspakker",
                 id="a package's end"),
    pytest.param(f"malepunkt?av={PACKAGE}", {"name": "Plasser", "baseline": "1 000,5", "better": "higher"},
                 "arbeidspakker", id="an indicator"),
    pytest.param("avtale", {"organisation": "nav", "signs_agreement": "1", "signed_on": "2026-01-02"}, "samarbeid",
                 id="an agreement"),
    pytest.param("budsjett", {"purpose": "Sommerjobb", "amount": "20 000", "years": "2026, 2027"}, "okonomi",
                 id="a budget line"),
    pytest.param("forbruk?av=B4/2026", {"spent": "1200"}, "okonomi", id="spending"),
    pytest.param("framdrift?av=M25-03", {"state": "done"}, "plan", id="progress"),
    pytest.param("lokalt?av=bodies/local-board/rhythm/starts", {"starts": "12.30"}, "malen", id="a time of its own"),
    pytest.param("lokalt?av=bodies/local-board/rhythm/preferred_weekday", {"preferred_weekday": "3"}, "malen",
                 id="a weekday of its own"),
    pytest.param("lokalt?av=bodies/lead-team/book", {"book": "1"}, "malen", id="weekly contact in calendars"),
    pytest.param("skoleferie", {"school_year": "2026/27", "kind": "other", "first": "2026-11-02", "last": "2026-11-03",
                                "status": "adopted"},
                 "kalender", id="days without school"),
)  # fmt: skip


@pytest.mark.parametrize(("form", "answers", "back"), FILLED)
async def test_each_form_stores_its_edit_and_leads_back_to_where_it_is_seen(
    pages: Pages, lead: Browser, form: str, answers: dict[str, str], back: str
) -> None:
    before = await pages.register.documents()

    stored = await lead.send_form(f"{HERE}/rediger/{form}", answers)

    assert (stored.status_code, stored.headers.get("location")) == (303, f"{HERE}/{back}?lagret=2"), stored.text
    after = await pages.register.documents()
    assert [path for path in after if after[path] != before[path]] == ["municipalities/horten.yaml"]
    assert (await lead.get(stored.headers["location"])).status_code == 200
    assert (await lead.send_form(f"{HERE}/logg/2/angre", {})).status_code == 303
    assert await pages.register.documents() == before


@pytest.mark.parametrize(
    ("form", "answers", "back"),
    [
        pytest.param("fridager", {"days_off": "24.12.2026\n2026-12-31"}, "kalender", id="days off"),
        pytest.param(
            "aktivitet?av=C25-02", {"text": "Eierstyret", "years": "2025", "level": "county"}, "plan", id="plan"
        ),
        pytest.param("forbruk?av=B2/2026", {"spent": "7"}, "okonomi", id="spending"),
        pytest.param("budsjett?av=B5", {"purpose": "Dag", "years": "2027", "per": "programme"}, "okonomi", id="budget"),
        pytest.param(
            "avtale?av=nav", {"signed_on": "2025-02-03", "expires_on": "2026-09-30"}, "samarbeid", id="agreement"
        ),
        pytest.param("kommune?av=horten", {"place": "none", "meetings": "ours"}, "kommuner", id="a municipality"),
        pytest.param(
            "rolle-ny", {"role": "adviser/", "person": "rektor-re", "since": "2026-09-08"}, "folk", id="a role"
        ),
        pytest.param("rolle-slutt?av=adviser//radgiver-ks", {"last_day": "2026-12-31"}, "folk", id="a role's end"),
    ],
)
async def test_each_form_of_the_programme_stores_its_edit(
    pages: Pages, county: Browser, form: str, answers: dict[str, str], back: str
) -> None:
    stored = await county.send_form(f"/fylket/rediger/{form}", answers)

    assert (stored.status_code, stored.headers.get("location")) == (303, f"/fylket/{back}?lagret=2"), stored.text
    assert (await county.get(stored.headers["location"])).status_code == 200
    assert "Endringen er lagret" in (await county.get(stored.headers["location"])).text


async def test_values_of_the_template_say_where_they_come_from(pages: Pages, lead: Browser) -> None:
    below = (await pages.register.documents())["template.yaml"]["places"]["municipality"]["description"]
    before = (await lead.get(f"{HERE}/malen")).text
    assert "fra malen" in before
    assert "fra fylket" in before
    assert "Unge i byen" not in before

    await lead.send_form(f"{HERE}/rediger/lokalt?av=places/municipality/description", {"description": "Unge i byen"})
    after = (await lead.get(f"{HERE}/malen")).text
    assert "Unge i byen" in after
    assert f"Malen sier: {below.replace('{municipality}', 'Horten')}" in after
    back = await lead.send_form(f"{HERE}/rediger/som-malen?av=places/municipality/description", {})
    assert back.status_code == 303
    assert "Unge i byen" not in (await lead.get(f"{HERE}/malen")).text


async def test_a_board_that_calls_its_own_meetings_gets_its_dates_from_a_form(pages: Pages) -> None:
    lead = await pages.browser("leder-larvik")
    dates = {"meeting_dates": "8.12.2026 12.30\n2026-10-06 12:00"}

    stored = await lead.send_form("/kommune/larvik/rediger/motedatoer", dates)

    assert stored.status_code == 303
    found = (await pages.register.programme()).municipality("larvik").meeting_dates
    assert [str(item) for item in found] == ["2026-10-06 12:00:00", "2026-12-08 12:30:00"]
    wrong = await lead.send_form("/kommune/larvik/rediger/motedatoer", {"meeting_dates": "i morgen"})
    assert "Skriv én dato med klokkeslett på hver linje" in wrong.text


async def test_the_log_is_read_page_by_page(pages: Pages, lead: Browser) -> None:
    for number in range(27):
        await pages.desk.edit(ChangePerson(person=LEAD, values={"title": f"T{number}"}), by=COUNTY)

    first = (await lead.get(f"{HERE}/logg")).text
    assert first.count('<li class="panel"') == 25
    older = re.search(r'href="(/kommune/horten/logg\?foran=\d+)"', first)
    assert older is not None
    assert (await lead.get(older[1])).text.count('<li class="panel"') == 3


async def test_a_page_speaks_its_reader_s_language(pages: Pages) -> None:
    await pages.register.set_language(LEAD, "nn")
    shown = (await (await pages.browser(LEAD)).get(f"{HERE}/folk")).text

    assert "Gje ei rolle" in shown


async def test_a_lead_is_not_shown_who_belongs_to_other_municipalities_alone(pages: Pages) -> None:
    form = f"rediger/rolle-bytt?av=work_package_lead/{PACKAGE}"

    own = (await (await pages.browser(LEAD)).get(f"{HERE}/{form}")).text
    programme = (await (await pages.browser(COUNTY)).get("/fylket/rediger/rolle-bytt?av=county_lead/")).text

    assert "oppvekstsjef@horten.example" in own
    assert "avdelingsleder.horten@vestfoldfylke.example" in own
    assert "leder.larvik@nav.example" not in own
    assert "leder.larvik@nav.example" in programme


async def test_a_package_reports_to_a_board_more_and_no_more(pages: Pages, lead: Browser) -> None:
    await lead.send_form(f"{HERE}/rediger/pakke-styre?av={PACKAGE}", {"boards": "faerder"})

    listed = (await lead.get(f"{HERE}/arbeidspakker")).text
    assert "Arbeidspakker i flere styrer" in listed
    assert f"/rediger/pakke-styre-ut?av={PACKAGE}%2Ffaerder" in listed
    assert (await pages.register.programme()).work_package(PACKAGE).boards == ("faerder",)
    again = (await lead.get(f"{HERE}/rediger/pakke-styre?av={PACKAGE}")).text
    assert 'value="faerder"' not in again

    stored = await lead.send_form(f"{HERE}/rediger/pakke-styre-ut?av={PACKAGE}/faerder", {})

    assert stored.status_code == 303
    assert (await pages.register.programme()).work_package(PACKAGE).boards == ()
    assert "Arbeidspakker i flere styrer" not in (await lead.get(f"{HERE}/arbeidspakker")).text
