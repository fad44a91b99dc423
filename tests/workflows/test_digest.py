"""One digest for everything that is compared later."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from workflows.digest import LENGTH, digest, is_digest_of


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_only_what_it_was_made_of_has_the_digest(one: list[str], other: list[str]) -> None:
    assert is_digest_of(digest(*one), *one)
    assert is_digest_of(digest(*one), *other) == ("\n".join(one) == "\n".join(other))
    assert len(digest(*one)) == LENGTH


def test_a_longer_digest_of_an_earlier_version_still_counts() -> None:
    stored = hashlib.sha256(b"heading\ntext").hexdigest()

    assert is_digest_of(stored, "heading", "text")
    assert not is_digest_of(stored, "heading", "other")
    assert not is_digest_of(None, "heading")
