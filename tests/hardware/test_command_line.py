"""`python3 -m hardware` works from a shell, also with a Python that lacks the packages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.cli import run
from hardware.printer.fake import FakePrinter, Fault
from tests.hardware.pictures import linear, png, qr

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    files = {
        "qr.png": png(qr("HELLO \x1b[31m")),
        "ean.png": png(linear("4006381333931", "EAN13")),
        "no.svg.png": b"<svg/>",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return [str(tmp_path / name) for name in (*files, "missing.png")]


def test_decoding_gives_one_json_array_with_an_entry_for_each_file(
    pictures: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["decode", "--seconds", "30", "--json", *pictures]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in entries] == pictures
    code = entries[0]["codes"][0]
    assert (code["text"], code["symbology"], code["aim"]) == ("HELLO \x1b[31m", "qr", "]Q1")
    assert (len(code["corners"]), code["engine"]) == (4, "zxing")
    assert entries[1]["codes"][0]["text"] == "4006381333931"
    assert [entry["error"] and entry["error"]["code"] for entry in entries] == [
        None,
        None,
        "not_an_image",
        "unreadable_file",
    ]


def test_decoding_gives_lines_that_cannot_steer_the_terminal(
    pictures: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["decode", "--seconds", "30", *pictures]) == 0
    printed = capsys.readouterr().out
    assert '"HELLO \\u001b[31m"' in printed
    assert "\x1b" not in printed
    assert "There is no such file." in printed


@pytest.mark.parametrize("arguments", [[], ["decode"], ["test-printer", "lpt1"], ["dance"]])
def test_a_mistake_in_the_call_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_a_test_page_is_printed_on_every_kind_of_printer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test-printer", f"pdf:{tmp_path}"]) == 0
    assert (tmp_path / "test-page.pdf").read_bytes().startswith(b"%PDF")
    assert run(["test-printer", f"file:{tmp_path}/out.bin"]) == 0
    assert "ñáéíóú".encode("cp1252") in (tmp_path / "out.bin").read_bytes()
    with FakePrinter() as fake:
        assert run(["test-printer", fake.target]) == 0
        assert fake.wait_for_documents(1)
    assert "A test page was printed." in capsys.readouterr().out


def test_a_printer_that_fails_ends_with_one_and_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with FakePrinter(fault=Fault.PAPER_OUT) as fake:
        assert run(["test-printer", fake.target]) == 1
    assert "The printer has no paper. (paper_out)" in capsys.readouterr().out


def test_the_list_names_devices_and_engines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    printed = capsys.readouterr().out
    assert "Cameras:" in printed
    assert "zxing-cpp" in printed


def test_a_python_without_the_packages_hands_over_to_the_projects_own(pictures: list[str]) -> None:
    """`-I -S` takes the packages away from an interpreter: it has to find its way by itself."""
    code = "import sys, runpy; sys.path.insert(0, sys.argv[1]); sys.argv = ['hardware', *sys.argv[2:]]; "
    code += "runpy.run_module('hardware', run_name='__main__')"
    own = PROJECT / ".venv" / "bin" / "python"
    bare = Path(os.path.realpath(own if own.exists() else sys.executable))
    command = [str(bare), "-I", "-S", "-c", code, str(PROJECT), "decode", "--json", pictures[0]]
    ended = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)[0]["error"] is None


def test_without_an_environment_the_set_up_runs_first(tmp_path: Path) -> None:
    """A copy of the package with a stand-in for the set-up, which makes the environment's Python."""
    shutil.copytree(PROJECT / "hardware", tmp_path / "hardware", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "kiosk").mkdir()
    script = "import os, pathlib, sys\nassert sys.argv[1:] == ['--setup-only']\nprint('setting up')\n"
    script += "folder = pathlib.Path('.venv/bin'); folder.mkdir(parents=True)\n"
    script += f"(folder / 'python').write_text('#!/bin/sh\\nexec {sys.executable} \"$@\"\\n')\n"
    script += "os.chmod(folder / 'python', 0o755)\n"
    (tmp_path / "kiosk" / "__main__.py").write_text(script, encoding="utf-8")
    code = "import sys, runpy; sys.path.insert(0, sys.argv[1]); sys.argv = ['hardware', *sys.argv[2:]]; "
    code += "runpy.run_module('hardware', run_name='__main__')"
    bare = os.path.realpath(sys.executable)
    command = [bare, "-I", "-S", "-c", code, str(tmp_path), "test-printer", f"file:{tmp_path}/out.bin"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "setting up" in ended.stderr
    assert "setting up" not in ended.stdout
    assert (tmp_path / "out.bin").exists()
