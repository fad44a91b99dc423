"""HTML as SharePoint rewrites it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.sharepoint.html import rewrite

_BLOCKS = ("<p>", "</p>", "<div class='x'>", "</div>", "<table>", "</table>", "<td>", "<h1>", "</h1>", "<br/>")
_INLINE = ("<b>", "</b>", "<script>", "</script>", "<a href='https://x.example/?a=1&b=2'>", "</a>")
_TAGS = st.sampled_from([*_BLOCKS, *_INLINE, "&amp;", "&nbsp;", "\n  ", "<", "ord"])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("<b>x</b>", "<strong>x</strong>", id="other names"),
        pytest.param("<div class='a' style='b' data-x='c'>x</div>", "<div>x</div>", id="attributes dropped"),
        pytest.param("a<script>b</script>c", "ac", id="scripts dropped"),
        pytest.param("x\n   y", "x y", id="white space"),
        pytest.param("<em>æ&oslash;å &quot;x&quot;</em>", '<em>æøå "x"</em>', id="entities"),
        pytest.param("<li>x", "<li>x</li>", id="closed"),
        pytest.param("x<br/>y", "x<br>y", id="empty elements"),
    ],
)
def test_html_is_kept_sharepoints_way(sent: str, kept: str) -> None:
    assert rewrite(sent) == kept


def test_links_and_tables_get_what_sharepoint_adds() -> None:
    assert 'data-interception="on"' in rewrite("<a href='https://x.example'>x</a>")
    assert rewrite("<table><tr><td>1</td></tr></table>").startswith('<div class="tableCenterAlign tableWrapper"><table')


@given(st.lists(_TAGS, max_size=12).map("".join))
@example("<\n  </p>\n  <p>")
def test_rewriting_again_changes_nothing(html: str) -> None:
    once = rewrite(html)

    assert rewrite(once) == once
