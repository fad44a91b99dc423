"""Forms of the sandbox's pages, found by the name of their button and sent as a browser sends them."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import httpx

from tests.support.sandbox import RunningSandbox


@dataclass
class Form:
    """*buttons* lead somewhere each; *fields* as they stand on the page; *choices*: what lists offer, text → value."""

    action: str
    buttons: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page that are posted, and every field of them that has no label."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._labels: set[str] = set()
        self._fields: set[str] = set()
        self._select = self._option = ""
        self._button: str | None = None
        self.feed(html)

    @property
    def unlabelled(self) -> set[str]:
        return self._fields - self._labels

    def named(self, button: str) -> Form:
        (found,) = [form for form in self.forms if button in form.buttons]
        return replace(found, action=found.buttons[button])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        if tag == "label":
            self._labels.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self._fields.add(given.get("id", f"{tag} without an id"))
        if tag in ("input", "textarea"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        if tag == "select":
            self._select = given["name"]
            self.forms[-1].choices[self._select] = {}
        if tag == "option":
            self._option = given["value"]
        if tag == "button":
            action = given.get("formaction", self.forms[-1].action)
            if "aria-label" in given:
                self.forms[-1].buttons[given["aria-label"]] = action
            else:
                self._button = action

    def handle_endtag(self, tag: str) -> None:
        self._option = "" if tag == "option" else self._option
        self._button = None if tag == "button" else self._button

    def handle_data(self, data: str) -> None:
        if self._button:
            self.forms[-1].buttons[data] = self._button
        if self._option:
            form = self.forms[-1]
            form.choices[self._select][data] = self._option
            form.fields.setdefault(self._select, self._option)


async def send(sandbox: RunningSandbox, path: str, button: str, **typed: str) -> httpx.Response:
    """Fill in the form with that button on a page, choosing from its lists by what they show, and send it."""
    page = await sandbox.client.get(sandbox.url + path)
    form = Forms(page.raise_for_status().text).named(button)
    assert set(typed) <= set(form.fields)
    chosen = {name: form.choices[name][text] if name in form.choices else text for name, text in typed.items()}
    return await sandbox.client.post(sandbox.url + form.action, data={**form.fields, **chosen})


async def change(sandbox: RunningSandbox, path: str, button: str, **typed: str) -> str:
    """The same where it must work; gives the address it leads back to."""
    answer = await send(sandbox, path, button, **typed)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]
