"""The deployment package: what goes in, and that it works where nothing of the checkout is."""

import asyncio
import os
import re
import subprocess
import sys
import traceback
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from jinja2 import DictLoader, Environment

import texts
from benchmarks import cold_start
from benchmarks.cold_start import Cold
from tools import package
from tools.package import PYTHON, SITE_PACKAGES
from web import pages

ROOT = Path(__file__).parents[2]


def python() -> str:
    """Return the deployment's Python where this machine has it, else the one that runs the tests."""
    return package.find_python(PYTHON) or sys.executable


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # As in a new checkout, whose folder for packages is not there yet.
    out = tmp_path_factory.mktemp("package") / "dist" / "vareunge.zip"
    county = tmp_path_factory.mktemp("checkout") / "county"
    county.mkdir()
    (county / "logo.svg").write_text("<svg/>", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "COUNTY", county)
        package.build(out, python(), compression=zipfile.ZIP_STORED)
    return out


@pytest.fixture(scope="module")
def unpacked(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(packed) as content:
        content.extractall(folder)
    return folder


@pytest.fixture
async def address(unpacked: Path, tmp_path: Path) -> AsyncIterator[str]:
    """The address of `vareunge serve`, run from the package alone."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("VAREUNGE_", "PYTHON"))}
    settings = {
        "VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/new.db",
        "VAREUNGE_PART": "door",
        "PYTHONPATH": str(unpacked / SITE_PACKAGES),
    }
    process = await asyncio.create_subprocess_exec(
        *(python(), "-m", "cli", "serve", "--port", "0"),
        cwd=unpacked,
        env=ours | settings,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    yield line.removeprefix("listening on ").strip()
    process.terminate()
    await process.wait()


def test_nothing_of_tests_demo_or_sandbox_is_in_the_package(packed: Path) -> None:
    names = zipfile.ZipFile(packed).namelist()

    ours = {name.partition("/")[0] for name in names}
    assert ours == {name.partition("/")[0] for name in package.OURS} | {".python_packages", "__pycache__", "county"}
    assert "function_app.py" in names
    assert "infra/permissions/hands.txt" in names
    left_out = ("texts/nb/", f"{SITE_PACKAGES}/rich/", f"{SITE_PACKAGES}/azure/storage/")
    assert not [name for name in names if name.startswith(left_out)]


def test_the_county_s_own_files_are_in_the_package(packed: Path) -> None:
    assert zipfile.ZipFile(packed).read("county/logo.svg") == b"<svg/>"


def test_every_module_is_compiled_and_never_checked_again(unpacked: Path) -> None:
    """The second number of a compiled file tells: 1 for a hash that nobody compares."""
    compiled = list(unpacked.rglob("*.pyc"))
    flags = {int.from_bytes(path.read_bytes()[4:8], "little") for path in compiled}

    assert len(compiled) == len(list(unpacked.rglob("*.py")))
    assert flags == {1}


def test_templates_of_pages_are_there_as_python_alone(unpacked: Path) -> None:
    written = list(pages.TEMPLATES.rglob("*.html"))

    assert len(list((unpacked / "web" / pages.COMPILED.name).glob("*.py"))) == len(written)
    assert not (unpacked / "web" / pages.TEMPLATES.name).exists()


def test_a_failure_in_a_compiled_template_tells_its_line(tmp_path: Path) -> None:
    written = Environment(loader=DictLoader({"status/form.html": "<p>\n{{ 1 / 0 }}\n</p>"}))
    written.compile_templates(tmp_path, zip=None, ignore_errors=False)
    template = Environment(loader=pages.CompiledTemplates(tmp_path)).get_template("status/form.html")

    with pytest.raises(ZeroDivisionError) as failure:
        template.render()
    place = traceback.extract_tb(failure.value.__traceback__)[-1]

    assert (Path(place.filename).name, place.lineno) == ("form.html", 2)


async def test_the_package_serves_from_an_empty_folder(address: str) -> None:
    """Health, a page in bokmål with its style sheets, and the form, which knows no such link."""
    async with httpx.AsyncClient(base_url=address) as client:
        paths = ("/healthz", "/svar/forged", "/logg-inn", "/fane")
        health, forged, sign_in, tab = [await client.get(path) for path in paths]
        sheets = re.findall(r'href="(/static/[^"]+[.]css[^"]*)"', sign_in.text)
        statuses = {(await client.get(sheet)).status_code for sheet in sheets}

    assert [answer.status_code for answer in (health, forged, sign_in)] == [200, 404, 200]
    assert texts.say("web.home_heading") in tab.text
    assert len(sheets) >= 2
    assert statuses == {200}


def test_a_new_worker_takes_an_answer_without_what_it_does_not_need(unpacked: Path) -> None:
    """Under the functions' own entry: `function_app` is imported, and the form behind a link is sent."""
    ours, empty = cold_start.measure(unpacked, python(), 1)

    assert not ours.modules & set(cold_start.UNNEEDED)
    assert "workflows.status.answering" in ours.modules
    assert "fastapi" in empty.modules


COLD = Cold(imported=0.3, answered=0.4, modules=frozenset({"fastapi"}))


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        pytest.param(COLD, [], id="no more than an empty app"),
        pytest.param(
            Cold(imported=0.5, answered=0.6, modules=frozenset()), ["the import takes 1.67 ×"], id="a heavy import"
        ),
        pytest.param(
            Cold(imported=0.3, answered=0.4, modules=frozenset({"msgraph"})),
            ["the first answer brought msgraph"],
            id="the Graph SDK on the answer path",
        ),
    ],
)
def test_a_slow_start_is_told(ours: Cold, told: list[str]) -> None:
    found = cold_start.faults(ours, COLD)

    assert [fault.startswith(start) for fault, start in zip(found, told, strict=True)] == [True] * len(told)


def test_requirements_for_terminals_stay_out() -> None:
    exported = "# made by uv\nhttpx[http2]==0.28.1\nPygments==2.21.0\nrich==15.0.0 ; python_version > '3'\n"

    assert package.requirements(exported) == ["httpx[http2]==0.28.1"]


def test_areas_of_the_graph_sdk_are_those_that_addresses_are_taken_from(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one = lambda sdk: sdk.users.by_user_id('a')\ntwo = other.teams\n")
    (tmp_path / "b.py").write_text("def path(sdk):\n    return sdk.groups\n")

    assert package.graph_areas(tmp_path) == {"users", "groups"}


def test_a_build_without_front_end_packages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package, "ROOT", tmp_path)
    monkeypatch.setattr(package, "_install", lambda *_: None)

    assert package.main([str(tmp_path / "out.zip"), "--python", sys.executable]) == 1
    assert "./run uv sync" in capsys.readouterr().err


def test_a_python_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert package.main([str(tmp_path / "out.zip"), "--python", "3.99"]) == 1
    assert "Python 3.99 was not found" in capsys.readouterr().err


def test_pythons_of_pyenv_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "versions" / "3.99.1" / "bin" / "python"
    installed.parent.mkdir(parents=True)
    installed.touch()
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    assert package.find_python("3.99") == str(installed)
    assert package.find_python(str(installed)) == str(installed)


@pytest.fixture
def no_texts_remembered() -> Iterator[None]:
    """Texts are read once a process: what a test puts in their place is forgotten before and after it."""
    texts._texts.cache_clear()
    yield
    texts._texts.cache_clear()


@pytest.mark.usefixtures("no_texts_remembered")
def test_a_packages_texts_are_one_file_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts.packed_texts(tmp_path, "nb").write_text('{"web.greeting": "Hei"}', "utf-8")
    monkeypatch.setattr(texts, "FOLDER", tmp_path)

    assert texts.say("web.greeting") == "Hei"
