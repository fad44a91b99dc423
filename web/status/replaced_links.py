"""Links to the answer form that were ended while the round is open: their holder may have a new one.

`vareunge status renew` ends every link to a request, those in mails to the local lead as well. An ended link opens
nothing, whoever holds it; the new one goes to the own address of the person that the old one was made for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.short_links import link_replaced, link_sent
from workflows.messages.short_links import LinkOrder, ShortLinks
from workflows.ports.links import Link
from workflows.status.answering import ByLink, StatusDesk, StatusForm
from workflows.status.model import AnswerRefused


@dataclass(frozen=True, kw_only=True)
class ReplacedLinks:
    """Pages of ended links whose round still takes answers."""

    desk: StatusDesk
    short: ShortLinks

    async def find_form(self, link: Link | None) -> StatusForm | None:
        """Return the form that an ended link led to, while its person may answer there; None else."""
        if link is None or link.person is None:
            return None
        try:
            form = await self.desk.form(link.subject, sender=ByLink(link.person))
        except AnswerRefused:
            return None
        return form if form.is_open else None

    def offer(self, request: Request, form: StatusForm, typed: Mapping[str, str]) -> HTMLResponse:
        """Say that the link was replaced, offer another, and give back what was typed."""
        asked = form.asked
        words = asked.say("status.replaced", package=asked.package.name)
        return link_replaced(request, words, asked.language, action=request.url.path, typed=typed)

    async def send(self, request: Request, form: StatusForm) -> HTMLResponse:
        """Have a new link mailed to its person."""
        asked, package = form.asked, form.asked.package.name
        order = LinkOrder(
            to=asked.person,
            purpose="answer",
            subject=asked.request.id,
            path="/svar/{token}",
            title=asked.say("status.replaced_subject", package=package),
            text=asked.say("status.replaced_text", package=package, due=asked.due),
            button=asked.say("status.mail_button"),
        )
        until = await self.short.send(order)
        return link_sent(request, until.astimezone(asked.timezone).replace(tzinfo=None), asked.language)
