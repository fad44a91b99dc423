#!/usr/bin/env python3
"""A stand-in for `az` that knows service principals and Graph's app roles. Its state is the file $FAKE_AZ."""

import json
import os
import re
import sys
from itertools import pairwise
from pathlib import Path

FILE = Path(os.environ["FAKE_AZ"])


def main(words: list[str]) -> int:
    """Answer one command, or end with 64 for one that is not played."""
    state = json.loads(FILE.read_text("utf-8"))
    options = dict(pairwise(words))
    url = options.get("--url", "")
    if words[:3] == ["ad", "sp", "show"]:
        sys.stdout.write(f"sp-{options['--id']}\n")
    elif words[0] == "rest" and "appRoles" in url:
        sys.stdout.writelines(f"{role}\t{name}\n" for role, name in state["roles"].items())
    elif words[0] == "rest" and (found := re.search(r"servicePrincipals/([^/]+)/appRoleAssignments/?(.*)", url)):
        held = state["held"].setdefault(found[1], {})
        match options["--method"]:
            case "get":
                sys.stdout.writelines(f"{key}\t{role}\n" for key, role in held.items())
            case "post":
                body = json.loads(options["--body"])
                assert body["principalId"] == found[1]
                held[f"assignment-{body['appRoleId']}"] = body["appRoleId"]
            case "delete":
                del held[found[2]]
        state["changes"] += options["--method"] != "get"
    else:
        return 64
    FILE.write_text(json.dumps(state), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
