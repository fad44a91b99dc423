"""The register of municipalities is read as Statistics Norway gives it, its numbers as text."""

import json

import pytest

from config.klass import KnownMunicipality, matching, read_klass, shipped
from config.problems import InvalidInput

OSLO, VAL = KnownMunicipality("0301", "Oslo"), KnownMunicipality("9901", "Sør-Å i Øvre dal")
JSON = json.dumps({"codes": [{"code": "9901", "name": VAL.name, "level": "1"}, {"code": "0301", "name": "Oslo"}]})
CSV = (
    f'"code","parentCode","level","name"\n"0301","","1","Oslo"\n"9901","","1","{VAL.name}"\n"9999","","1","Uoppgitt"\n'
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(JSON.encode(), id="JSON"),
        pytest.param(json.dumps(json.loads(JSON)["codes"]).encode(), id="its list of codes alone"),
        pytest.param(CSV.encode(), id="CSV"),
        pytest.param(CSV.encode("latin-1"), id="CSV in Latin-1"),
        pytest.param(CSV.replace(",", ";").encode("utf-8-sig"), id="CSV from a spreadsheet"),
    ],
)
def test_numbers_stay_text_of_four_characters_in_their_order(raw: bytes) -> None:
    assert read_klass(raw, file="klass") == (OSLO, VAL)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param('{"codes": [{"code": 301, "name": "Oslo"}]}', "klass:1: code: 301: expected four", id="a number"),
        pytest.param("code,name\n301,Oslo", "klass:2: code: 301: expected four digits", id="a zero that is lost"),
        pytest.param("code,name\n0301, ", "klass:2: name: nothing: expected a name", id="no name"),
        pytest.param("kode;navn\n0301;Oslo", "klass:1: kode;navn: expected Klass 131", id="other columns"),
        pytest.param('{"codes": [', "expected valid JSON", id="no JSON"),
        pytest.param('{"codes": ["0301"]}', "klass:1: code: nothing", id="a list of plain values"),
        pytest.param('{"classes": []}', "no municipality: expected Klass 131", id="another file"),
        pytest.param("code,name\n9999,Uoppgitt", "no municipality", id="only the code for not stated"),
    ],
)
def test_what_is_no_register_is_told_with_its_line(raw: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_klass(raw.encode(), file="klass")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("03", [OSLO]), ("os", [OSLO]), ("øvre", [VAL]), ("SØR-Å I", [VAL]), ("dal", [VAL]), ("slo", []), ("  ", [])],
)
def test_a_municipality_is_found_by_number_or_the_beginning_of_a_word(
    asked: str, found: list[KnownMunicipality]
) -> None:
    assert list(matching([OSLO, VAL], asked)) == found


def test_six_come_with_the_product() -> None:
    assert len(shipped()) == 6
    assert all(item.number.startswith("39") for item in shipped())
