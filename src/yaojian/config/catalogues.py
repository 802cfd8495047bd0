"""Message catalogues: what the product says, per room, in English, and its Simplified Chinese.

English is the language of the source; `locale/zh_Hans/LC_MESSAGES/django.po` of each Django app
holds the translation. Needs neither a database nor a set-up Django.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from babel.messages import Catalog, Message
from babel.messages.catalog import TranslationError
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
HOME_OF_THE_REST = PACKAGE / "config"
"""Where strings of modules outside any Django app are kept."""
CATALOGUE = Path("locale", "zh_Hans", "LC_MESSAGES", "django.po")
LANGUAGE = "zh_Hans"
HEADER = (
    "Project-Id-Version: yaojian\n"
    "Language: zh_Hans\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=1; plural=0;\n"
)
NOT_SPOKEN = frozenset({"tests", "migrations", "static", "locale", "__pycache__"})
_PLAIN, _PLURAL, _CONTEXT, _CONTEXT_PLURAL = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": _PLAIN,
    "said": _PLAIN,
    "gettext": _PLAIN,
    "gettext_lazy": _PLAIN,
    "gettext_noop": _PLAIN,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _CONTEXT,
    "pgettext_lazy": _CONTEXT,
    "npgettext": _CONTEXT_PLURAL,
    "npgettext_lazy": _CONTEXT_PLURAL,
}

Key = tuple[str | None, str]
"""A message's context and its (singular) English text."""


@dataclass(slots=True)
class Spoken:
    """A message in the source: its text, its plural if any, and the files that say it."""

    context: str | None
    singular: str
    plural: str | None
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """What makes the message the same one."""
        return self.context, self.singular

    @property
    def id(self) -> str | tuple[str, str]:
        """The message as Babel identifies it."""
        return (self.singular, self.plural) if self.plural else self.singular


def app_folders(root: Path = PACKAGE) -> list[Path]:
    """The folders of the Django apps below `root`, found by their `apps.py`."""
    return sorted(path.parent for path in root.rglob("apps.py"))


def app_of(path: Path, apps: Iterable[Path]) -> Path:
    """The app to whose catalogue the strings of a file belong: the nearest that encloses it."""
    enclosing = [app for app in apps if path.is_relative_to(app)]
    return max(enclosing, key=lambda app: len(app.parts), default=HOME_OF_THE_REST)


def spoken_in(path: Path) -> Iterator[tuple[str | None, str, str | None]]:
    """The messages of one Python file or Django template: context, singular, plural."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of a template is laid out like no Python: without its indents it can be read as such.
        lines = templatize(content, origin=str(path)).splitlines()
        content = "\n".join(line.lstrip() for line in lines)
    source = io.BytesIO(content.encode())
    try:
        for _line, message, _comments, context in extract(
            "python", source, KEYWORDS, options={"encoding": "utf-8"}
        ):
            texts = message if isinstance(message, tuple) else (message,)
            if texts[0]:
                yield context, texts[0], texts[1] if len(texts) > 1 else None
    except (SyntaxError, IndentationError) as error:
        raise ValueError(f"{path}: the messages cannot be read: {error}") from error


def spoken(root: Path = PACKAGE) -> dict[Path, dict[Key, Spoken]]:
    """Every message of the source, by the app whose catalogue it belongs to."""
    apps = app_folders(root)
    found: dict[Path, dict[Key, Spoken]] = {app: {} for app in apps}
    for path in sorted(
        [*root.rglob("*.py"), *root.rglob("templates/**/*.html"), *root.rglob("templates/**/*.txt")]
    ):
        if NOT_SPOKEN.intersection(path.relative_to(root).parts):
            continue
        app = app_of(path, apps)
        for context, singular, plural in spoken_in(path):
            messages = found.setdefault(app, {})
            message = messages.setdefault((context, singular), Spoken(context, singular, plural))
            message.plural = message.plural or plural
            message.files.add(path.relative_to(root).as_posix())
    return found


def read_catalogue(app: Path) -> Catalog:
    """The app's catalogue as it is on disk; an empty one when there is none."""
    path = app / CATALOGUE
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def brought_up_to_date(old: Catalog, messages: Mapping[Key, Spoken]) -> Catalog:
    """A catalogue of exactly these messages with the translations that `old` has for them."""
    new = Catalog(locale=LANGUAGE)
    for message in sorted(messages.values(), key=lambda m: (min(m.files), m.singular, m.context or "")):
        known = old.get(message.id, message.context) or old.get(message.singular, message.context)
        string = known.string if known else ""
        if message.plural and isinstance(string, str):
            string = (string,)
        elif not message.plural and isinstance(string, (list, tuple)):
            string = string[0]
        new.add(
            message.id,
            string,
            locations=[(name, 0) for name in sorted(message.files)],
            flags={"fuzzy"} if known and known.fuzzy else (),
            user_comments=known.user_comments if known else (),
            context=message.context,
        )
    return new


def po_text(catalog: Catalog) -> bytes:
    """The catalogue as a .po file that changes only when messages or translations do."""
    target = io.BytesIO()
    lines = "\n".join(f'"{line}\\n"' for line in HEADER.splitlines())
    target.write(f'msgid ""\nmsgstr ""\n{lines}\n\n'.encode())
    write_po(target, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return target.getvalue().rstrip() + b"\n"


class _WithFixedHeader(list[Message]):
    """Messages under the fixed header, in the shape that Babel's compiler walks over."""

    charset = "utf-8"


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue compiled for `gettext`."""
    target = io.BytesIO()
    write_mo(target, _WithFixedHeader([Message("", HEADER), *(m for m in catalog if m.id)]))  # type: ignore[arg-type]
    return target.getvalue()


def chosen(rooms: Sequence[str], root: Path = PACKAGE) -> dict[Path, dict[Key, Spoken]]:
    """The messages of the apps named ("foundation/accounts"), or of all.

    Raises ValueError for an app that is not there.
    """
    found = spoken(root)
    if unknown := [room for room in rooms if root / room not in found]:
        known = ", ".join(str(app.relative_to(root)) for app in found)
        raise ValueError(f"no app {', '.join(unknown)}; there are {known}")
    return {
        app: messages for app, messages in found.items() if not rooms or str(app.relative_to(root)) in rooms
    }


def update(rooms: Sequence[str] = (), root: Path = PACKAGE) -> list[Path]:
    """Bring catalogues up to date with the source and compile them; returns the files that changed."""
    changed = []
    for app, messages in chosen(rooms, root).items():
        po = app / CATALOGUE
        if not messages and not po.exists():
            continue
        catalog = brought_up_to_date(read_catalogue(app), messages)
        po.parent.mkdir(parents=True, exist_ok=True)
        for path, content in ((po, po_text(catalog)), (po.with_suffix(".mo"), mo_bytes(catalog))):
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
                changed.append(path)
    return changed


def _shown(key: Key) -> str:
    return repr(key[1]) + (f" (context {key[0]!r})" if key[0] else "")


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    if isinstance(message.string, (list, tuple)):
        return all(message.string)
    return bool(message.string)


def faults_of(app: Path, messages: Mapping[Key, Spoken], root: Path = PACKAGE) -> Iterator[str]:
    """What is wrong with one app's catalogue, one line each."""
    name = app.relative_to(root)
    catalog = read_catalogue(app)
    held = {_key(message): message for message in catalog if message.id}
    for key in sorted(messages.keys() - held.keys(), key=str):
        yield f"{name}: missing {_shown(key)}, said in {', '.join(sorted(messages[key].files))}"
    for key in [*sorted(held.keys() - messages.keys(), key=str), *map(_key, catalog.obsolete.values())]:
        yield f"{name}: obsolete {_shown(key)}"
    for key, message in held.items():
        if key not in messages:
            continue
        if message.fuzzy:
            yield f"{name}: fuzzy {_shown(key)}"
        elif not _is_translated(message):
            yield f"{name}: untranslated {_shown(key)}"
        yield from (f"{name}: {error} in {_shown(key)}" for error in _format_errors(message, catalog))
    mo = (app / CATALOGUE).with_suffix(".mo")
    if held and (not mo.exists() or mo.read_bytes() != mo_bytes(catalog)):
        yield f"{name}: {mo.name} does not hold what {CATALOGUE.name} says; run `yaojian manage messages`"


def _format_errors(message: Message, catalog: Catalog) -> list[TranslationError]:
    return list(message.check(catalog)) if _is_translated(message) else []


def contradictions(root: Path = PACKAGE) -> Iterator[str]:
    """Messages that two apps translate differently; Django merges all catalogues, so one would win."""
    seen: dict[Key, tuple[Path, object]] = {}
    for app in app_folders(root):
        for message in read_catalogue(app):
            if not message.id or not _is_translated(message):
                continue
            first, string = seen.setdefault(_key(message), (app, message.string))
            if string != message.string:
                rooms = f"{first.relative_to(root)} ({string}) and {app.relative_to(root)} ({message.string})"
                yield f"{_shown(_key(message))} is translated differently in {rooms}; give one a context"


def faults(rooms: Sequence[str] = (), root: Path = PACKAGE) -> list[str]:
    """Everything that keeps the catalogues from being complete, one line each; empty when all is well."""
    lines = [line for app, messages in chosen(rooms, root).items() for line in faults_of(app, messages, root)]
    return [*lines, *contradictions(root)]


def main(arguments: Sequence[str], out: TextIO | None = None) -> int:
    """`[--check] [ROOM ...]`: 0 when all is well, 1 when the check found faults."""
    stream = out or sys.stdout
    rooms = [
        argument.removeprefix("src/yaojian/").rstrip("/") for argument in arguments if argument != "--check"
    ]
    if "--check" in arguments:
        lines = faults(rooms)
        print("\n".join(lines) or "All messages are translated.", file=stream)
        return 1 if lines else 0
    for path in update(rooms):
        print(f"updated {path.relative_to(PACKAGE)}", file=stream)
    for line in faults(rooms):
        print(line, file=stream)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
