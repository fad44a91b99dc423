"""Starting must stay quick: what takes long to import is imported when it is first needed."""

import subprocess
import sys
from importlib.abc import MetaPathFinder

import pytest

from tests.support.sandbox import running_sandbox

MODULES = (
    "integration.identity",
    "integration.retry",
    "integration.graph.calendar",
    "integration.graph.groups",
    "integration.graph.mail",
    "integration.graph.people",
    "integration.graph.site_content",
    "integration.graph.sites",
    "integration.graph.teams",
)


def test_the_sdks_are_not_imported_with_the_clients() -> None:
    heavy = "[name for name in sys.modules if name.split('.')[0] in {'msgraph', 'azure'}]"
    code = f"import sys, {', '.join(MODULES)}; print({heavy})"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_nothing_of_the_telemetry_is_imported_where_none_is_set() -> None:
    heavy = "[name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'azure.monitor'))]"
    code = (
        "import sys; from config.settings import Settings; from wiring.process import create_services; "
        f"create_services(Settings()).web; print({heavy})"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_a_word_file_without_drawings_needs_no_typesetter() -> None:
    code = "import sys, documents.word; print('typst' in sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "False"


async def test_a_call_over_http_looks_for_no_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that a library asks for and that is missing is looked for each time, on the whole path of imports."""
    looked_for: list[str] = []

    class Finder(MetaPathFinder):
        def find_spec(self, fullname: str, path: object, target: object = None) -> None:
            looked_for.append(fullname)

    async with running_sandbox() as sandbox:
        before = await sandbox.control("GET", "clock")
        monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
        again = await sandbox.control("GET", "clock")

        assert looked_for == []
    assert again.keys() == before.keys()
