"""Starting must stay quick: what takes long to import is imported when it is first needed."""

import subprocess
import sys

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
