"""Money is exact: no binary floating point where amounts are handled."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import PRODUCT, dotted, python_files, shown, tree_of

MONEY = re.compile(r"(^|_)(amounts?|price|money|minor|credit|balance|total|currency|cents|dollars)(_|$)")
INEXACT_COLUMNS = {"Float", "Double", "REAL", "FLOAT", "DOUBLE_PRECISION"}


def inexact_money(tree: ast.AST) -> Iterator[str]:
    """Names of money annotated as float, floats made of them, and columns of binary fractions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            name = node.arg if isinstance(node, ast.arg) else dotted(node.target)
            if MONEY.search(name) and "float" in ast.unparse(node.annotation):
                yield f"line {node.lineno}: {name} is a float"
        if isinstance(node, ast.Call) and dotted(node.func) == "float" and names_money(node):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node).split(".")[-1] in INEXACT_COLUMNS:
            yield f"line {node.lineno}: a column of binary fractions"


def names_money(node: ast.AST) -> bool:
    return any(MONEY.search(word) for word in re.findall(r"\w+", ast.unparse(node)))


def test_no_amount_is_a_binary_fraction() -> None:
    found = {shown(path): list(inexact_money(tree_of(path))) for path in python_files(*PRODUCT)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "amount: float = 1.0",
        "def pay(price_minor: float | None) -> None: ...",
        "shown = float(money.amount)",
        "import sqlalchemy as sa\ncolumn = sa.Float()",
    ],
)
def test_a_binary_amount_is_found(source: str) -> None:
    assert list(inexact_money(ast.parse(source)))
