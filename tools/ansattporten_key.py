"""Make the key pair of our integration at Ansattporten: `python -m tools.ansattporten_key FILE`.

Writes the private key into FILE, as `VAREUNGE_ANSATTPORTEN_KEY` takes it (a JSON web key with its `kid`, in base64),
and prints the public key, which Digdir's self-service takes. Run by infra/scripts/ansattporten.sh.
"""

import argparse
import json
import sys
import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

BITS = 3072


def make_keys() -> tuple[dict[str, object], dict[str, object]]:
    """Return a new private key and its public half, as JSON web keys with one `kid`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    named = {"kid": str(uuid.uuid4()), "use": "sig", "alg": "RS256"}
    return _named(RSAAlgorithm.to_jwk(key, as_dict=True), named), _named(
        RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), named
    )


def _named(key: Mapping[str, object], named: dict[str, str]) -> dict[str, object]:
    # `use` says what the key is for; `key_ops` beside it would say the same in other words.
    return {name: value for name, value in key.items() if name != "key_ops"} | named


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the private key and print the public one."""
    parser = argparse.ArgumentParser(prog="python -m tools.ansattporten_key", description=main.__doc__)
    parser.add_argument("file", type=Path, help="takes the private key; only its owner should be able to read it")
    file = parser.parse_args(arguments).file
    private, public = make_keys()
    file.write_text(b64encode(json.dumps(private).encode()).decode(), "utf-8")
    sys.stdout.write(json.dumps([public], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
