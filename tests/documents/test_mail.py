"""The layout of e-mail."""

import pytest

from documents.mail import mail


def test_everything_is_escaped() -> None:
    html = mail(language="nb", heading="<b>", paragraphs=["a & <i>"], button=("«Gi» <u>", "https://a.example/?a=1&b"))

    assert "<b>" not in html
    assert "<i>" not in html
    assert "<u>" not in html
    assert 'href="https://a.example/?a=1&amp;b"' in html


def test_the_language_and_the_button_s_address_can_be_read() -> None:
    html = mail(language="nb", heading="Hei", paragraphs=[], button=("Gi status", "https://a.example/svar/x"))

    assert '<html lang="nb">' in html
    assert ">https://a.example/svar/x</a>" in html


def test_each_matter_has_its_own_button() -> None:
    items = [("Pakken <i>", ("Svar for «A»", "https://a.example/1")), ("Pakken B", None)]

    html = mail(language="nb", heading="Hei", paragraphs=["Først"], items=items)

    assert html.index("Først") < html.index("Pakken &lt;i&gt;") < html.index("https://a.example/1")
    assert html.count("Svar for «A»") == 1
    assert "Pakken B" in html
    with pytest.raises(ValueError, match="http"):
        mail(language="nb", heading="Hei", paragraphs=[], items=[("A", ("B", "javascript:alert(1)"))])


def test_without_a_button_there_is_no_link() -> None:
    assert "<a " not in mail(language="nb", heading="Hei", paragraphs=["Tekst"], note="Til slutt")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x"])
def test_a_button_leads_only_to_the_web(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        mail(language="nb", heading="Hei", paragraphs=[], button=("Gi status", url))
