"""The written pages say what is true: links lead somewhere, commands, variables, accounts and rooms exist."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from yaojian.config.catalogues import read_catalogue
from yaojian.config.environment import Environment, variable_name
from yaojian.operations import cli

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "yaojian"
READMES = [ROOT / "README.md", ROOT / "README.zh-Hans.md"]
GLOSSARY = ROOT / "docs" / "glossary.md"
VENDOR = PACKAGE / "foundation" / "design" / "static" / "design" / "vendor" / "vendor.json"
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
NOT_OURS = {"build", "dist", "node_modules"}


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    found = []
    for path in sorted(ROOT.rglob("*.md")):
        parts = path.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in NOT_OURS or part.endswith(".egg-info") for part in parts):
            found.append(path)
    return found


def without_code(text: str) -> str:
    """The page without its fenced blocks and code spans, in which brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(page: Path) -> set[str]:
    """The fragments that the headings of a page can be reached by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def parser_commands() -> dict[str, argparse.ArgumentParser]:
    """The commands that the command line understands."""
    for action in cli._parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the command line has no commands")


def named_commands(text: str) -> Iterator[list[str]]:
    """Every `./yaojian …` of a page, as words."""
    for found in re.findall(r"\./yaojian ((?:[a-z]+ ?){1,2})", text):
        yield found.split()


def tables(text: str) -> list[int]:
    """How many rows each table of a page has."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, flags=re.M)
    return [len(block.splitlines()) for block in blocks]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text(encoding="utf-8"))):
        path, _, fragment = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        goal = page.parent / path if path else page
        if not goal.exists() or (fragment and goal.suffix == ".md" and fragment not in anchors(goal)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    commands = parser_commands()
    checks = next(action.choices for action in commands["check"]._actions if action.dest == "what")
    for words in named_commands(page.read_text(encoding="utf-8")):
        assert words[0] in commands, words
        if words[0] == "check" and len(words) > 1:
            assert words[1] in (checks or ()), words


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_the_readme_lists_every_command_and_option(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    table = text[text.index("| `./yaojian …`") :].split("\n\n")[0]
    listed = {
        words.split()[0]
        for row in table.splitlines()[2:]
        for words in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    commands = parser_commands()
    assert listed == set(commands)
    known = {
        option
        for command in commands.values()
        for action in command._actions
        for option in action.option_strings
    }
    assert set(re.findall(r"--[a-z][a-z-]*", text)) <= known


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_the_readme_lists_every_variable_and_no_other(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8").replace("`YAOJIAN_*`", "")
    listed = set(re.findall(r"`(YAOJIAN_\w+|DATABASE_URL)`", text))
    assert listed == {variable_name(name) for name in Environment.model_fields}


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_the_readme_gives_the_defaults_of_the_variables(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    for row in re.findall(r"^\| (`YAOJIAN_.*)$", text, flags=re.M):
        names, defaults = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[:2])
        for name, default in zip(names, defaults, strict=False):
            if not default.islower() or default.startswith(".") or default[0].isdigit():
                value = Environment.model_fields[name.removeprefix("YAOJIAN_").lower()].default
                shown = (
                    ",".join(value)
                    if isinstance(value, list)
                    else str(int(value) if isinstance(value, bool) else value)
                )
                assert shown == default, name


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_the_readme_names_the_demo_accounts(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    data = yaml.safe_load((PACKAGE / "simulator" / "data" / "accounts.yaml").read_text(encoding="utf-8"))
    assert f"`{data['password']}`" in text
    listed = set(re.findall(r"^\| `([a-z]+)` \|", text.split("\n## ")[0], flags=re.M))
    assert listed == {account["username"] for account in data["accounts"]}


def test_the_readme_counts_the_rows_of_the_plans() -> None:
    from yaojian.oversight.plans.packs import counts, load_all

    packs = load_all()
    rows = sum(sum(per_class.values()) for per_class in counts(packs).values())
    computed = sum(row.computable and not row.supplementary for pack in packs for row in pack.rows)
    english, chinese = (readme.read_text(encoding="utf-8") for readme in READMES)
    assert f"{rows} rows, each with its line; {computed} of them, and one row beyond, computed" in english
    assert f"{rows}行，行行注明原文行号；其中{computed}行" in chinese


def test_both_readmes_have_the_same_tables() -> None:
    english, chinese = (tables(readme.read_text(encoding="utf-8")) for readme in READMES)
    assert english == chinese


def test_the_places_that_the_glossary_names_exist() -> None:
    rows = re.findall(r"^\|.*\| `([^`|]+)` \|$", GLOSSARY.read_text(encoding="utf-8"), flags=re.M)
    assert len(rows) >= 70
    assert [place for place in rows if not (PACKAGE / place).exists()] == []


def translations(place: str) -> dict[str, set[str]]:
    """The Chinese of each English message in the catalogue of the app that holds a place, if any."""
    apps = [path.parent for path in PACKAGE.rglob("apps.py") if (PACKAGE / place).is_relative_to(path.parent)]
    found: dict[str, set[str]] = {}
    for app in apps:
        for message in read_catalogue(app):
            if isinstance(message.id, str) and isinstance(message.string, str) and message.string:
                found.setdefault(message.id.lower(), set()).add(message.string)
    return found


def test_the_glossary_says_what_the_pages_say() -> None:
    rows = re.findall(
        r"^\| ([^|]+?) \| ([^|]+?) \|.*\| `([^`|]+)` \|$", GLOSSARY.read_text(encoding="utf-8"), flags=re.M
    )
    different = []
    for english, chinese, place in rows:
        known = translations(place).get(english.lower(), set())
        if known and not any(text in chinese for text in known):
            different.append((english, chinese, sorted(known)))
    assert different == []


def test_no_term_stands_twice_in_the_glossary() -> None:
    terms = re.findall(r"^\| (?!English|---)([^|]+?) \|", GLOSSARY.read_text(encoding="utf-8"), flags=re.M)
    assert sorted(terms) == sorted(set(terms))


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/house.md"])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|yaml|txt|json|html))`", text))
    places = (ROOT, PACKAGE)
    # The guide shows addresses inside a room (`web/views.py`) and templates by their Django name.
    rooms = {path.parent for path in PACKAGE.rglob("apps.py")}
    missing = [
        name
        for name in sorted(named)
        if not any((place / name).exists() for place in places)
        and not any((room / name).exists() or (room / "templates" / name).exists() for room in rooms)
    ]
    assert named
    assert missing == []


def test_the_map_of_the_house_names_every_room() -> None:
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    rooms = {str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.rglob("apps.py")}
    rooms |= {"operations", "packs", "foundation/workflow"}
    assert set(re.findall(r"^\| `([a-z/_]+)/` \|", text, flags=re.M)) == rooms


def test_the_index_of_decisions_is_complete() -> None:
    folder = ROOT / "docs" / "adr"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")) == records
    for record in records:
        text = (folder / record).read_text(encoding="utf-8")
        assert text.startswith(f"# {record[:4]} ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, (record, part)


def test_the_notice_names_what_is_vendored() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for package in json.loads(VENDOR.read_text(encoding="utf-8"))["packages"]:
        assert f"{package['name']} {package['version']} (" in notice
        assert package["source"] in notice


def test_the_licence_is_the_standard_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2
