"""What a browser would send for the form of a page as it stands."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Successful controls of the forms with a button to save, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.name = self.text = ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self._add(given.get("name", ""), given.get("value", "on"))
        elif tag == "input":
            self._add(given.get("name", ""), given.get("value", ""))
        elif tag in ("select", "textarea"):
            self.name, self.text, self.options = given.get("name", ""), "", []
        elif tag == "option":
            self.options.append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # Browsers drop the first line end and send CR LF for the others.
            self._add(self.name, self.text.removeprefix("\n").replace("\n", "\r\n"))
        elif tag == "select":
            chosen = [value for value, selected in self.options if selected] or [self.options[0][0]]
            self._add(self.name, chosen[-1])

    def _add(self, name: str, value: str) -> None:
        if name and name != "csrfmiddlewaretoken":
            self.sent.setdefault(name, []).append(value)


def sent_by(html: str) -> dict[str, list[str]]:
    """The values that the controls of some HTML would send."""
    reader = _Reader()
    reader.feed(html)
    return reader.sent
