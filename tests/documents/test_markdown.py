"""The little Markdown of our own papers, and what of it is refused."""

import pytest

from documents.document import Bullets, Cell, Document, Paragraph, Picture, Section, Table
from documents.markdown import MarkdownError, document_of, escaped

PICTURE = Picture(svg="<svg/>", words="Et bilde.", width_mm=1, height_mm=1)


def test_headings_paragraphs_lists_tables_and_pictures() -> None:
    written = """
# Tittel

Innledning
på to linjer.

## Del

**Viktig.**

- én
- to
  og mer

### Under

| A | B |
| --- | --- |
| x | y \\| z |

![](one)
"""

    assert document_of(written, language="nb", pictures={"one": PICTURE}) == Document(
        language="nb",
        title="Tittel",
        lead=(Paragraph(text="Innledning på to linjer."),),
        sections=(
            Section(heading="Del", blocks=(Paragraph(text="Viktig.", strong=True), Bullets(items=("én", "to og mer")))),
            Section(
                heading="Under",
                level=3,
                blocks=(
                    Table(name="Under", headers=("A", "B"), rows=((Cell(text="x"), Cell(text="y | z")),)),
                    PICTURE,
                ),
            ),
        ),
        signs={},
    )


@pytest.mark.parametrize(
    ("written", "named"),
    [
        pytest.param("Ingen tittel", "expected the title", id="no title"),
        pytest.param("# A\n\n# B", "expected one title", id="two titles"),
        pytest.param("# A\ntekst", "expected a blank line", id="text at a heading"),
        pytest.param("# A\n\n![](gone)", "expected a picture", id="unknown picture"),
        pytest.param("# A\n\n- én\nto", "expected another item", id="line that is no item"),
        pytest.param("# A\n\n| A |", "below a table's header", id="no ruler"),
        pytest.param("# A\n\n| A |\n| --- |\n| x | y |", "expected 1 cells", id="too many cells"),
        pytest.param("# A\n\n| A |\n| --- |\n| x", "at both ends", id="open row"),
    ],
)
def test_anything_else_is_refused_by_its_line(written: str, named: str) -> None:
    with pytest.raises(MarkdownError, match=named):
        document_of(written, language="nb")


def test_a_value_stays_in_its_cell() -> None:
    value = "a | b\n# c"
    document = document_of(f"# T\n\n| A |\n| --- |\n| {escaped(value)} |", language="nb")

    [table] = document.lead
    assert isinstance(table, Table)
    assert table.rows == ((Cell(text="a | b # c"),),)


def test_tables_below_the_same_words_are_told_apart() -> None:
    table = "| a |\n| --- |\n| 1 |"

    document = document_of(f"# T\n\n## Del\n\n{table}\n\n{table}\n\n## Del\n\n{table}", language="nb")

    names = [block.name for section in document.sections for block in section.blocks if isinstance(block, Table)]
    assert names == ["Del", "Del (2)", "Del (3)"]
