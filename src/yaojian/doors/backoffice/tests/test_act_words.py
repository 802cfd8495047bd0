"""No act is shown with a raw key: every kind has a meaning, every fact that code records has a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import yaojian
from yaojian.doors.backoffice.act_words import FACTS, facts_in_words
from yaojian.foundation.design.templatetags.design import icon_names
from yaojian.foundation.design.wording import KINDS as FIVE_MEANINGS
from yaojian.foundation.ledger.facade import KINDS, MEANINGS

SOURCE = Path(yaojian.__file__).parent
RECORDERS = {"record", "record_act", "compose_act"}


def keys_of(node: ast.AST) -> Iterator[str]:
    """The keys of the dictionaries written in an expression, not of those inside them."""
    if isinstance(node, ast.Dict):
        for key in node.keys:
            if isinstance(key, ast.Constant):
                yield str(key.value)
    elif not isinstance(node, ast.DictComp):
        for child in ast.iter_child_nodes(node):
            yield from keys_of(child)


def recorded_keys(tree: ast.AST) -> Iterator[str]:
    """The names of facts that a module records."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in RECORDERS:
                own = [keyword for keyword in node.keywords if keyword.arg == "facts"]
                for keyword in own:
                    yield from keys_of(keyword.value)
            case ast.Assign(targets=[ast.Name(id="facts")], value=value):
                yield from keys_of(value)
            case ast.FunctionDef(name="_conclusion_facts"):
                for statement in node.body:
                    yield from keys_of(statement)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="entry"), attr="record")):
                yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def facts_in_the_source() -> set[str]:
    files = [
        path
        for path in SOURCE.rglob("*.py")
        if not {"tests", "bench", "doors", "web"} & set(path.relative_to(SOURCE).parts)
    ]
    return {key for path in files for key in recorded_keys(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_kind_of_act_has_a_meaning_and_an_icon() -> None:
    assert set(KINDS) <= set(MEANINGS)
    for meaning, icon in MEANINGS.values():
        assert meaning in FIVE_MEANINGS
        assert icon in icon_names()


def test_every_fact_that_is_recorded_has_a_name() -> None:
    recorded = facts_in_the_source()
    assert recorded >= {"number", "team", "conclusion", "rectify_by", "assignee", "sha256", "username"}
    assert recorded - set(FACTS) == set()


@pytest.mark.parametrize("key", FACTS)
def test_names_of_facts_are_chinese(key: str) -> None:
    with translation.override("zh-hans"):
        name = str(FACTS[key][0])
    assert any("一" <= letter <= "鿿" for letter in name), name


def test_facts_of_set_up_read_as_words() -> None:
    facts = {
        "username": "wang",
        "role": "inspector",
        "is_new": False,
        "changed": ["short_name", "colour"],
        "until": "2026-03-01T01:30:00.000000Z",
        "count": 12,
    }
    with translation.override("en"):
        words = dict(facts_in_words(facts))
    assert words == {
        "User name": "wang",
        "Role": "Inspector",
        "Entered for the first time": "no",
        "Changed": "Short name, colour",
        "Locked until": "2026-03-01 09:30",
        "Number of entries": "12",
    }
