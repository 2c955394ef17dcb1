"""Time is an argument: the wall clock is read at the edge, in the modules listed here and nowhere else."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import PRODUCT, dotted, python_files, shown, tree_of

EDGES = {
    "hardware/cli.py",
    "kiosk/app.py",
    "kiosk/command.py",
    "store_api/app.py",
    "store_api/cli.py",
}
CLOCKS = {
    *(f"datetime.{name}" for name in ("now", "utcnow", "today")),
    "date.today",
    *(f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")),
}


def clock_readings(tree: ast.AST) -> Iterator[str]:
    """Every use of a wall clock, called or handed on; `import … as` does not hide it."""
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in node.names:
                whole = f"{node.module}.{name.name}" if isinstance(node, ast.ImportFrom) else name.name
                aliases[name.asname or name.name] = whole
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        written = dotted(node)
        first, _, rest = written.partition(".")
        whole = ".".join(part for part in (aliases.get(first, ""), rest) if part)
        if ".".join(whole.split(".")[-2:]) in CLOCKS:
            yield f"line {node.lineno}: {written}"


def test_the_wall_clock_is_read_at_the_edge_only() -> None:
    found = {shown(path): list(clock_readings(tree_of(path))) for path in python_files(*PRODUCT)}
    assert {name: lines for name, lines in found.items() if lines and name not in EDGES} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.datetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import date\nstart(clock=date.today)",
        "from time import time as clock\nclock()",
        "import time\ntime.time()",
    ],
)
def test_a_reading_is_found_however_it_is_written(source: str) -> None:
    assert list(clock_readings(ast.parse(source)))


def test_a_duration_is_not_a_wall_clock() -> None:
    assert not list(clock_readings(ast.parse("import time\ntime.monotonic()\nnow = at.time()")))
