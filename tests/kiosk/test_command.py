"""Starting the demo: its folder belongs to one process tree at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk import __main__, command
from kiosk.errors import SettingError
from kiosk.options import parse_options


def test_a_second_start_in_the_same_folder_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    first = command.take_folder(tmp_path / ".var")
    with pytest.raises(SettingError, match="is running"):
        command.take_folder(tmp_path / ".var")
    os.close(first)
    os.close(command.take_folder(tmp_path / ".var"))


def test_a_reset_leaves_the_data_of_a_running_demo_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    running = command.take_folder(tmp_path)
    data = tmp_path / "sameterms.db"
    data.write_text("redeemed")
    monkeypatch.setattr(command, "_check_port", lambda options: None)
    assert command.main(parse_options(["--reset"])) == 2
    assert data.read_text() == "redeemed"
    assert "is running" in capsys.readouterr().out
    os.close(running)


def test_a_folder_that_cannot_be_written_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "taken"
    place.write_text("a file where the folder should be")
    monkeypatch.setattr(command, "FOLDER", place)
    monkeypatch.setattr(command, "_check_port", lambda options: None)
    assert command.main(parse_options([])) == 2
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert str(place) in said


def test_ctrl_c_during_the_start_ends_it_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "run", stopped)
    assert __main__.run_until_stopped([]) == 130
    assert "Stopped" in capsys.readouterr().err
