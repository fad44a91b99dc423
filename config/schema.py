"""JSON Schemas of the YAML files, for editors: `python -m config.schema` writes them anew."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from config.files import FILES, MunicipalityFile

FOLDER = Path(__file__).parent / "schema"
DIALECT = GenerateJsonSchema.schema_dialect


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file (draft 2020-12), made from the models the loader reads by."""
    return {kind: _schema(kind) for kind in FILES}


def write_schemas(folder: Path = FOLDER) -> None:
    """Write one `<kind>.json` for every kind of file."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, schema in schemas().items():
        (folder / f"{kind}.json").write_text(spelled(schema), "utf-8")


def spelled(schema: dict[str, Any]) -> str:
    """Return a schema as the files hold it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def schema_line(path: str, kind: str) -> str:
    """Return the first line of a YAML file, which tells an editor where the schema lies."""
    up = "../" * (path.count("/") + 1)
    return f"# yaml-language-server: $schema={up}schema/{kind}.json\n"


def _schema(kind: str) -> dict[str, Any]:
    model = FILES[kind]
    schema = model.model_json_schema()
    if model is MunicipalityFile:
        # The loader fills it in, see config.shapes.
        for name in ("WorkPackage",):
            schema["$defs"][name]["required"].remove("municipality")
    return {"$schema": DIALECT, "$id": f"{kind}.json", **schema}


if __name__ == "__main__":
    write_schemas()
