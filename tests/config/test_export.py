"""An exported programme loads as the same programme."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.export import export_documents, to_yaml
from config.loading import load_documents, load_programme, programme_from
from config.problems import InvalidInput
from config.reading import read
from tests.config.samples import ANOTHER, FILES, write

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"


@pytest.mark.parametrize("stored", [False, True], ids=["from files", "from the register"])
def test_an_export_loads_as_the_same_programme(tmp_path: Path, stored: bool) -> None:
    documents = load_documents(VESTFOLD)
    documents = json.loads(json.dumps(documents)) if stored else documents

    export_documents(documents, tmp_path)

    assert load_programme(tmp_path) == programme_from(documents) == load_programme(VESTFOLD)
    assert json.dumps(load_documents(tmp_path)) == json.dumps(documents), "order is kept"


def test_an_export_may_be_repeated_but_leaves_no_foreign_file_beside(tmp_path: Path) -> None:
    files = FILES | {"municipalities/sor-a.yaml": ANOTHER}
    documents = load_documents(write(tmp_path, files))
    export_documents(documents, tmp_path)
    del documents["municipalities/sor-a.yaml"]

    with pytest.raises(InvalidInput, match=r"sor-a\.yaml"):
        export_documents(documents, tmp_path)


@pytest.mark.parametrize(
    "name", ["../people.yaml", "/tmp/people.yaml", "municipalities/../x.yaml", "other.yaml", "people.yml"]
)
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        export_documents({name: {"people": []}}, tmp_path / "out")

    assert not list(tmp_path.rglob("*.yaml"))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-999, 999)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]))
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcå", min_size=1), inner, max_size=3)
)


@given(document=st.dictionaries(st.text("abcæøå", min_size=1), VALUES, min_size=1, max_size=4))
def test_any_document_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    file = tmp_path_factory.getbasetemp() / "document.yaml"
    file.write_text(to_yaml(document), "utf-8")

    assert read(file, file="document.yaml", problems=[]) == document
    assert yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) == document
