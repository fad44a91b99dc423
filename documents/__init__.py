"""Finished documents from finished values: e-mail, report pages and PDF. Nothing is decided here.

The typesetter stands apart in `documents.pdf`: it takes a while to load, and most processes set no PDF.
"""

from documents.document import Block as Block
from documents.document import Bullets as Bullets
from documents.document import Cell as Cell
from documents.document import Document as Document
from documents.document import Facts as Facts
from documents.document import Light as Light
from documents.document import Paragraph as Paragraph
from documents.document import Section as Section
from documents.document import Table as Table
from documents.document import kind_of as kind_of
from documents.mail import MailItem as MailItem
from documents.mail import mail as mail
from documents.page import report_page as report_page

__all__ = [
    "Block",
    "Bullets",
    "Cell",
    "Document",
    "Facts",
    "Light",
    "MailItem",
    "Paragraph",
    "Section",
    "Table",
    "kind_of",
    "mail",
    "report_page",
]
