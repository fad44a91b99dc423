"""Files that nobody wrote by hand are told with their place; reading them ends, and ends in words."""

import errno
import itertools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.loading import load_documents, load_programme, programme_from
from config.problems import InvalidInput, Problem
from tests.config.samples import ANOTHER, DAL, FILES, problems_of, write

LETTERS = "abcdefghijklm"
LAUGHTER = "a: &a [x, x]\n" + "".join(
    f"{letter}: &{letter} [*{before}, *{before}]\n" for before, letter in itertools.pairwise(LETTERS)
)
DEEP = "calendar.yaml:1: nested deeper than 40 levels: expected valid YAML"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            b"days_off: " + b"[" * 3000 + b"]" * 3000,
            "calendar.yaml:1: exceeded maximum nesting depth: expected valid YAML",
            id="deep list",
        ),
        pytest.param(b"a: " + b"{a: " * 3000 + b"}" * 3000, DEEP, id="deep mapping"),
        pytest.param(
            b"\n".join(b" " * n + b"a:" for n in range(1500)),
            "calendar.yaml:41: nested deeper than 40 levels: expected valid YAML",
            id="deep lines",
        ),
        pytest.param(
            LAUGHTER.encode(),
            "calendar.yaml:2: b[0]: an alias: expected the value written out",
            id="aliases of aliases",
        ),
        pytest.param("\n# æ".encode("latin-1"), "calendar.yaml:2: byte 3: expected text in UTF-8", id="Latin-1"),
        pytest.param("a: 1".encode("utf-16"), "calendar.yaml:1: byte 0: expected text in UTF-8", id="UTF-16"),
        pytest.param(
            b"\n\na: \0", "calendar.yaml:3: a sign that YAML does not take: expected text without U+0000", id="NUL"
        ),
        pytest.param(
            "\na: \ufffe".encode(),
            "calendar.yaml:2: a sign that YAML does not take: expected text without U+FFFE",
            id="no character",
        ),
        pytest.param(
            b"days_off:\n- " + b"9" * 5_000,
            f"calendar.yaml:2: days_off[0]: {'9' * 77}…: expected a date such as 2026-09-08",
            id="a number of 5,000 digits",
        ),
        pytest.param(
            b"a: !!python/name:os.system",
            "calendar.yaml:1: a: python/name:os.system: expected a plain value without a tag",
            id="tag",
        ),
    ],
)
def test_a_hostile_document_is_told_with_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    folder = write(tmp_path, FILES)
    (folder / "calendar.yaml").write_bytes(content)

    assert told in problems_of(folder)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(Path.mkdir, "no file", id="folder"),
        pytest.param(os.mkfifo, "no file", id="pipe"),
        pytest.param(lambda path: path.symlink_to("/nowhere"), "a link that leads nowhere", id="dangling link"),
        pytest.param(lambda path: path.symlink_to(path), "a link that leads nowhere", id="link to itself"),
    ],
)
def test_what_is_no_file_is_told_and_not_opened(tmp_path: Path, make: Callable[[Path], None], told: str) -> None:
    folder = write(tmp_path, FILES)
    make(folder / "more.yaml")

    assert problems_of(folder) == [f"more.yaml: {told}: expected a file with YAML"]


def test_a_file_that_may_not_be_read_is_told_with_the_system_s_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal stands in for the system's: the user that runs the tests may read every file."""

    def refused(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    folder = write(tmp_path, {"calendar.yaml": FILES["calendar.yaml"]})
    monkeypatch.setattr(Path, "read_bytes", refused)

    assert problems_of(folder)[0] == "calendar.yaml: Permission denied: expected a file that can be read"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document, its mappings and lists among them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in items for found in leaves(inner, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a document with something else at *path*."""
    if not path:
        return new
    first, *rest = path
    if isinstance(value, dict):
        return value | {first: replaced(value[first], tuple(rest), new)}
    return [replaced(item, tuple(rest), new) if index == first else item for index, item in enumerate(value)]


def refused(documents: dict[str, Any]) -> Sequence[Problem]:
    """Return everything that is wrong with documents; nothing when they make a programme."""
    try:
        programme_from(documents)
    except InvalidInput as invalid:
        return invalid.problems
    return ()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    overrides = "overrides: {places: {municipality: {name: Vi, folders: [A]}}, bodies: {local-board: {location: B}}}\n"
    files = FILES | {"municipalities/sor-a.yaml": ANOTHER, "county.yaml": overrides}
    read = load_documents(write(tmp_path_factory.mktemp("programme"), files))
    without_lines: dict[str, Any] = json.loads(json.dumps(read))
    assert not refused(without_lines)
    return without_lines


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_anywhere_the_programme_is_made_or_refused_in_words(
    documents: dict[str, Any], data: st.DataObject
) -> None:
    """One value of a right programme is replaced by anything JSON can hold: a programme, or a list of problems."""
    path = data.draw(st.sampled_from(leaves(documents)[1:]))
    changed = replaced(dict(documents), path, data.draw(ANYTHING))

    problems = refused(changed)

    assert all(problem.where.split(":")[0] in changed for problem in problems)
    "".join(map(str, problems)).encode("utf-8")


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_it_is_read_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path, FILES)
    (folder / DAL).write_bytes(content)

    with pytest.raises(InvalidInput) as caught:
        load_programme(folder)

    assert all(f"{folder}/{DAL}" in str(problem) or "dal" in str(problem) for problem in caught.value.problems)
