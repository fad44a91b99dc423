"""The one way to make a mail."""

from config.values import Person
from tests.clocks import NOON
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import MessageState, Surface

LEAD = Person(key="lead", name="Leder", email="leder@a-dal.example", organisation="county", language="nn")
SECRET = "https://service.example/svar/hemmelig"


def test_the_plain_text_shows_words_and_no_address_that_lets_its_holder_act_as_the_reader() -> None:
    mail = mail_content(
        LEAD,
        subject="Emne",
        paragraphs=["Først.", "Så."],
        button=("Gi status", SECRET),
        also=[("Sakslisten", f"{SECRET}/2")],
        note="Til slutt.",
    )

    assert mail.text == "Først.\n\nSå.\n\n[Gi status]\n\n[Sakslisten]\n\nTil slutt."
    assert f'href="{SECRET}"' in mail.html
    assert f'href="{SECRET}/2"' in mail.html


def test_its_heading_is_the_subject_and_its_language_the_reader_s() -> None:
    html = mail_content(LEAD, subject="Emne", paragraphs=["Hei."]).html

    assert ">Emne</h1>" in html
    assert '<html lang="nn">' in html


def test_another_heading_and_language_may_be_given() -> None:
    html = mail_content(LEAD, subject="Emne", paragraphs=["Hei."], heading="Overskrift", language="nb").html

    assert ">Overskrift</h1>" in html
    assert '<html lang="nb">' in html


def test_words_are_escaped() -> None:
    assert "<b>" not in mail_content(LEAD, subject="<b>", paragraphs=["<b>"]).html


def test_its_row_is_planned_for_the_reader() -> None:
    content = mail_content(LEAD, subject="Emne", paragraphs=["Hei."])

    row = mail_message(LEAD, content, key="leads.mail:x/lead", kind="leads.mail", due_at=NOON, municipality="a-dal")

    assert (row.surface, row.state, row.person, row.municipality) == (
        Surface.EMAIL,
        MessageState.PLANNED,
        "lead",
        "a-dal",
    )
    assert (row.content.address, row.due_at) == (LEAD.email, NOON)
