"""The bill of materials, held against the schema of CycloneDX as its own library has it."""

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.workflows.governance.installations import COMPONENT, installation
from workflows.governance.bill_of_materials import bill_of_materials, package_url
from workflows.governance.model import PackageComponent

PLAIN = PackageComponent(ecosystem="pypi", name="jinja2", version="3.1.6", licence="")


def test_the_bill_is_as_cyclonedx_has_it() -> None:
    bill = bill_of_materials(installation(components=(COMPONENT, PLAIN))).decode()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert [item["purl"] for item in json.loads(bill)["components"]] == [
        "pkg:npm/%40a/b@1.2.3",
        "pkg:pypi/jinja2@3.1.6",
    ]


def test_the_schema_would_find_a_mistake() -> None:
    bill = json.loads(bill_of_materials(installation()))
    bill["components"][0]["type"] = "thing"

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is not None


@pytest.mark.parametrize(("version", "written"), [("1.0+local", "1.0%2Blocal"), ("2.0", "2.0")])
def test_a_version_is_written_as_an_address_may(version: str, written: str) -> None:
    component = PackageComponent(ecosystem="pypi", name="x", version=version, licence="")

    assert package_url(component) == f"pkg:pypi/x@{written}"
