"""Addresses are written out as the SDK would, only faster."""

from typing import Any

import pytest
from stduritemplate import StdUriTemplate

from integration.graph.templates import expanded, path_template

BASE = "https://graph.test/v1.0"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        pytest.param(
            "{+baseurl}/users/{user%2Did}{?%24expand,%24filter,%24select}",
            {
                "user%2Did": "å b_c.no#EXT#@d'~!",
                "%24filter": "mail eq 'å@x.no' or a/b eq '1&2'",
                "%24select": "id,mail",
            },
            id="a filter, and signs that addresses give a meaning to",
        ),
        pytest.param("{+baseurl}/groups(uniqueName='{uniqueName}'){?%24select}", {"uniqueName": "x"}, id="no query"),
        pytest.param("{+link}", {"link": f"{BASE}/users?$filter=mail%20eq%20'a'&$skiptoken=5"}, id="a further page"),
        pytest.param("{+baseurl}/sites/{site}/drive/root:/A%20b/c:/content", {"site": "h,1-2,3"}, id="encoded already"),
    ],
)
def test_an_address_is_what_the_sdk_makes_of_it(template: str, values: dict[str, Any]) -> None:
    query = {name: value for name, value in values.items() if name.startswith("%24")}
    values = {**values, "baseurl": BASE}

    assert expanded(template, values, query) == StdUriTemplate.expand(template, values)


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{+baseurl}/users/{user%2Did}/events{?%24filter,%24select}", "/users/{user-id}/events"),
        ("{+baseurl}/sites/{site}/drive/root:/{+path}:/content", "/sites/{site}/drive/root:/{+path}:/content"),
        ("{+link}", "{+link}"),
    ],
)
def test_a_path_is_shown_without_its_values(template: str, shown: str) -> None:
    assert path_template(template) == shown
