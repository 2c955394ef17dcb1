"""Modules and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import PRODUCT, python_files, shown, tree_of

MODULE_LINES = 400
FUNCTION_LINES = 40
LONGER: dict[str, str] = {}
EVERYWHERE = (*PRODUCT, "tests")


def written_by_hand(*folders: str) -> list[Path]:
    """Migrations are generated from the tables and read as lists."""
    return [path for path in python_files(*folders) if "versions" not in path.parts]


def long_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} (line {node.lineno}) has {lines} lines"


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {shown(path): len(path.read_text().splitlines()) for path in written_by_hand(*EVERYWHERE)}
    assert {
        name: lines for name, lines in lengths.items() if lines > MODULE_LINES and name not in LONGER
    } == {}


def test_no_function_is_longer_than_40_lines() -> None:
    found = {shown(path): list(long_functions(tree_of(path))) for path in written_by_hand(*EVERYWHERE)}
    assert {name: functions for name, functions in found.items() if functions} == {}


@pytest.mark.parametrize(("body_lines", "too_long"), [(39, False), (40, True)])
def test_the_count_includes_the_line_of_the_name(body_lines: int, too_long: bool) -> None:
    source = "def long():\n" + "    pass\n" * body_lines
    assert bool(list(long_functions(ast.parse(source)))) is too_long


def test_every_product_module_says_at_its_head_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in written_by_hand(*PRODUCT)
        if path.name != "__init__.py" and len((ast.get_docstring(tree_of(path)) or "").split()) < 3
    ]
    assert silent == []


def test_package_files_hold_no_logic() -> None:
    def is_plain(node: ast.stmt) -> bool:
        return isinstance(node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign)

    files = [path for path in python_files(*PRODUCT) if path.name == "__init__.py"]
    assert [shown(path) for path in files if not all(map(is_plain, tree_of(path).body))] == []
