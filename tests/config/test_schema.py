"""The JSON Schemas are those of the models, and every file of the programme names and fits its own."""

from pathlib import Path

import jsonschema
import pytest

from config.files import FILES, kind_of
from config.loading import load_documents
from config.schema import FOLDER, schema_line, schemas, spelled, write_schemas

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"


@pytest.mark.parametrize("kind", FILES)
def test_the_schema_file_is_up_to_date(kind: str) -> None:
    schema = schemas()[kind]
    jsonschema.Draft202012Validator.check_schema(schema)

    assert (FOLDER / f"{kind}.json").read_text("utf-8") == spelled(schema), "run `python -m config.schema`"


def test_the_schemas_are_written_one_file_a_kind(tmp_path: Path) -> None:
    write_schemas(tmp_path / "anew")

    written = {file.name: file.read_text("utf-8") for file in (tmp_path / "anew").iterdir()}
    assert written == {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}


def test_every_file_starts_with_its_schema_and_fits_it() -> None:
    for name, document in load_documents(VESTFOLD).items():
        kind = kind_of(name)
        assert kind is not None
        assert (VESTFOLD / name).read_text("utf-8").startswith(schema_line(name, kind))
        jsonschema.Draft202012Validator(schemas()[kind]).validate(dict(document))


def test_the_schema_knows_what_an_override_may_leave_out_and_no_more() -> None:
    validator = jsonschema.Draft202012Validator(schemas()["county"])

    assert validator.is_valid({"overrides": {"places": {"municipality": {"channels": [{"key": "board"}]}}}})
    assert not validator.is_valid({"overrides": {"places": {"municipality": {"channels": [{"name": "Styret"}]}}}})
    assert not validator.is_valid({"overrides": {"places": {"municipality": {"channel": []}}}})
