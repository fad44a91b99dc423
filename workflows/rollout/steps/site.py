"""The part of a rollout that lets us into the place's site and fills it: folders, lists, and the landing page."""

import re
from dataclasses import replace
from html import escape, unescape

import texts
from workflows.digest import digest, is_digest_of
from workflows.ports.place import Group, Page, Site
from workflows.rollout.compare import shortened
from workflows.rollout.plan import Item, State, WantedPlace
from workflows.rollout.polling import note_waiting
from workflows.rollout.ports import Resource
from workflows.rollout.prefetch import LANDING
from workflows.rollout.steps.folders import FolderSteps
from workflows.rollout.steps.lists import ListSteps
from workflows.rollout.walk import Walk

UNFINISHED = "unfinished"
"""Stands for the words of a page that a stopped run was writing."""
SITE_ROLE = "manage"


class SiteSteps:
    """Opens and fills the site; without one (a plan before anything is made) everything is missing."""

    def __init__(self, group: Group | None) -> None:
        self._group = group

    async def take(self, walk: Walk) -> None:
        site = None
        with walk.log.step("site"):
            site = await self._site(walk)
        if walk.log.is_unknown("site"):
            await walk.note_unseen(SiteSteps(None).take)
            return
        if site is None and walk.apply:
            return
        access = False
        with walk.log.step("site.access"):
            access = await self._access(walk, site)
        with walk.log.step("site.language"):
            await self._language(walk, site)
        if access:
            landing = LandingSteps(site)
            await walk.take_side_by_side(FolderSteps(site).take, ListSteps(site).take, landing.take)
        elif walk.log.is_unknown("site.access"):
            await walk.note_unseen(FolderSteps(None).take, ListSteps(None).take, LandingSteps(None).take)

    async def _site(self, walk: Walk) -> Site | None:
        group = self._group
        site = await walk.reads.get(walk.ports.sites.find_group_site, group.id) if group is not None else None
        if site is None:
            if group is not None and (waited := await note_waiting(walk, "site")):
                walk.log.note(waited)
            else:
                walk.note_wanted(Item(key="site", state=State.MISSING, new=_spoken(walk.programme.language)))
            return None
        # The order that has waited for it has made it.
        begun = walk.apply and "site.wait" in walk.known
        walk.log.note(Item(key="site", state=State.MISSING if begun else State.SAME))
        if walk.apply and "site" not in walk.known:
            await walk.keep(Resource(key="site", external_id=site.id, url=site.url))
            await walk.forget("site.wait")
        return site

    async def _language(self, walk: Walk, site: Site | None) -> None:
        """
        In which language SharePoint has made the site: nobody can choose it for a group's site, or change it later.

        What its library is called tells; it is asked for once.
        """
        if site is None:
            return
        known, wanted = walk.known.get("site"), _spoken(walk.programme.language)
        name = known.details.get("library") if known is not None else None
        if name is None:
            name = await walk.reads.get(walk.ports.layout.library_name, site.id)
            if walk.apply and known is not None:
                await walk.keep(replace(known, details={**known.details, "library": name}))
        found = _LIBRARIES.get(str(name).casefold())
        item = Item(key="site.language", state=State.SAME, old=found or str(name), new=wanted)
        if found is None:
            item = replace(item, state=State.UNKNOWN, reason="language_not_known")
        elif found != wanted:
            item = replace(item, state=State.PENDING, reason="site_language")
        walk.log.note(item)

    async def _access(self, walk: Walk, site: Site | None) -> bool:
        """Plan Hands' access to the site."""
        if site is None:
            walk.note_wanted(Item(key="site.access", state=State.MISSING))
            return True
        hands_id = walk.ports.hands_id
        granted = SITE_ROLE in await walk.reads.get(walk.ports.sites.granted_roles, site.id, hands_id)
        if walk.note_wanted(Item(key="site.access", state=State.SAME if granted else State.MISSING)):
            async with walk.creates.once("site.access"):
                await walk.ports.sites.grant(site.id, app_id=hands_id, app_name="hands", role=SITE_ROLE)
        return True


_LIBRARIES = {"dokumenter": "nb", "delte dokumenter": "nb", "documents": "en", "shared documents": "en"}
"""SharePoint's name of a site's library, by language."""


def _spoken(language: str) -> str:
    """SharePoint knows one Norwegian."""
    return "nb" if language == "nn" else language


class LandingSteps:
    """Writes the landing page, and again when its words in the template change and nobody touched the page."""

    def __init__(self, site: Site | None) -> None:
        self._site = site

    async def take(self, walk: Walk) -> None:
        key, site, spec = "page:landing", self._site, walk.wanted.spec
        with walk.log.step(key):
            known = walk.known.get(key)
            html = landing_html(walk.wanted, await _links(walk), language=walk.programme.language)
            words = digest(spec.landing_title, spec.landing_intro)
            page = await self._page(walk, site, known) if site else None
            item = walk.as_ordered(self._plan(walk, known, page, words, "".join(html)))
            if not walk.note_wanted(item) or site is None:
                return
            # Noted before it is written: a run that is stopped in between finds its own half-done page, not somebody's.
            await walk.keep(Resource(key=key, external_id="", details={"words": UNFINISHED}))
            content = walk.ports.content
            if page is None:
                page = await content.create_page(site.id, name=LANDING, title=spec.landing_title, html=html)
            else:
                page = await content.update_page(site.id, page.id, title=spec.landing_title, html=html)
            await content.publish_page(site.id, page.id)
            settled = await walk.ports.layout.read_page(site.id, page.id)
            if settled is not None:
                landing = Resource(key=key, external_id=settled.id, url=settled.url, fingerprint=_fingerprint(settled))
                await walk.keep(replace(landing, details={"words": words}))
                await walk.history.note("rollout.page_published", page="landing")

    async def _page(self, walk: Walk, site: Site, known: Resource | None) -> Page | None:
        if known is not None and known.external_id:
            return await walk.reads.get(walk.ports.layout.read_page, site.id, known.external_id)
        return await walk.reads.get(walk.ports.content.find_page, site.id, LANDING)

    def _plan(self, walk: Walk, known: Resource | None, page: Page | None, words: str, html: str) -> Item:
        """Compare the page, and say in short which of its words differ."""
        item, spec = self._state(walk, known, page, words, html), walk.wanted.spec
        if page is None:
            return replace(item, new=spec.landing_title)
        if item.state is State.SAME:
            return item
        seen, wanted = _readable(page.html), _readable(html)
        if seen == wanted:
            item = replace(item, layer=walk.wanted.layer("landing_title"))
        old, new = shortened(f"{page.title}: {seen}", f"{spec.landing_title}: {wanted}")
        return replace(item, old=old, new=new)

    @staticmethod
    def _state(walk: Walk, known: Resource | None, page: Page | None, words: str, html: str) -> Item:
        item = Item(key="page:landing", state=State.SAME, layer=walk.wanted.layer("landing_intro"))
        noted = str(known.details["words"]) if known is not None else None
        if page is None:
            gone = noted not in (None, UNFINISHED)
            return replace(item, state=State.LOCAL if gone else State.MISSING, reason="removed" if gone else "")
        if known is None:
            # Ours from before the database was lost: it says what we would, and its links lead nowhere any more.
            return replace(item, state=State.DIFFERS if _readable(page.html) == _readable(html) else State.LOCAL)
        if noted == UNFINISHED:
            return replace(item, state=State.DIFFERS)
        if not is_digest_of(known.fingerprint, page.title, page.html):
            return replace(item, state=State.LOCAL)
        return item if noted and noted[: len(words)] == words else replace(item, state=State.DIFFERS)


async def _links(walk: Walk) -> list[tuple[str, str]]:
    """Text and address of each; a plan writes nothing, not even addresses."""
    language = walk.programme.language
    pages = ("report", "plan", "calendar")
    ours = [
        (texts.say(f"rollout.page_{page}", language), await walk.address(page) if walk.apply else "") for page in pages
    ]
    if walk.wanted.spec.municipality is not None:
        return ours
    # What all share leads to the places that municipalities made themselves, too.
    named = [(item.name, walk.programme.their_place(item.slug)) for item in walk.programme.municipalities]
    return ours + [(texts.say("rollout.their_place", language, name=name), url) for name, url in named if url]


def landing_html(wanted: WantedPlace, links: list[tuple[str, str]], *, language: str) -> tuple[str, ...]:
    """The landing page: what this place is, and links (text, address) to our stable addresses."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(text)}</a></li>' for text, address in links)
    note = escape(texts.say("rollout.copy_note", language))
    return (f"<p>{escape(wanted.spec.landing_intro)}</p>", f"<ul>{items}</ul>", f"<p>{note}</p>")


def _fingerprint(page: Page) -> str:
    return digest(page.title, page.html)


def _readable(html: str) -> str:
    """Return the visible words of *html*, without the markup that SharePoint rewrites."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
