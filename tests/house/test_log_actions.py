"""Every action that the log can hold is described in docs/log.md, and nothing else is."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import ROOT, dotted, python_files, shown, tree_of

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
PAST = re.compile(
    r"\.(\w+_)?(\w+ed|given|made|kept|withdrawn|sent|shown|seen|held|begun|lost|met|said)(_\w+)?$"
)


def recorded_actions(tree: ast.AST) -> Iterator[str]:
    """The actions handed, as texts, to `record` or to a function of the module that has an `action`."""
    recorders = {"record"} | {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "action" in {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in recorders:
            given = [*node.args, *(word.value for word in node.keywords if word.arg == "action")]
            for value in given:
                yield from (text for text in literal_texts(value) if ACTION.fullmatch(text))


def literal_texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    if isinstance(value, ast.IfExp):
        yield from literal_texts(value.body)
        yield from literal_texts(value.orelse)


def actions_in_code() -> dict[str, str]:
    files = python_files("store_api")
    return {action: shown(path) for path in files for action in recorded_actions(tree_of(path))}


def documented_actions() -> set[str]:
    return set(re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs" / "log.md").read_text(), re.M))


def test_every_recorded_action_is_documented() -> None:
    assert {
        action: place for action, place in actions_in_code().items() if action not in documented_actions()
    } == {}


def test_no_action_is_documented_that_nothing_records() -> None:
    assert documented_actions() - set(actions_in_code()) == set()


def test_an_action_is_a_subject_and_what_was_done_to_it() -> None:
    assert [action for action in actions_in_code() if not PAST.search(action)] == []


def test_actions_are_found_however_they_are_handed_over() -> None:
    source = """
record(session, action='a.opened')
audit.record(session, action='b.locked' if x else 'b.unlocked', details={'c': 'd.code'})
def _log(work, action): record(work, action=action)
_log(work, 'e.closed')
"""
    assert set(recorded_actions(ast.parse(source))) == {"a.opened", "b.locked", "b.unlocked", "e.closed"}
