"""The set-up: what it tells uv, what it leaves behind when it is stopped, and what it says."""

import multiprocessing
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from kiosk import bootstrap
from kiosk.setup_progress import CommandFailed, SetupFailed, run_command


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with a lock of two packages, one of them the installer."""
    (tmp_path / "requirements.lock").write_text(
        "segno==1.6.1 \\\n    --hash=sha256:aa\nuv==0.13.9 \\\n    --hash=sha256:bb\n    --hash=sha256:cc\n"
    )
    names = {"LOCK": "requirements.lock", "TOOLS": ".tools", "VENV": ".venv"}
    for name, place in names.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / place)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def make_ready(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").touch()
    (project / ".venv" / "stamp").write_text(bootstrap._stamp())


def test_an_environment_is_ready_only_for_the_lock_it_was_made_from(project: Path) -> None:
    assert not bootstrap._is_ready()
    make_ready(project)
    assert bootstrap._is_ready()
    with (project / "requirements.lock").open("a") as lock:
        lock.write("tzdata==2026.1 \\\n    --hash=sha256:dd\n")
    assert not bootstrap._is_ready()


def test_an_environment_whose_python_is_gone_is_not_ready(project: Path) -> None:
    make_ready(project)
    (project / ".venv" / "bin" / "python").unlink()
    assert not bootstrap._is_ready()


def test_the_installer_is_taken_out_of_the_packages(project: Path) -> None:
    assert "segno" in bootstrap._locked_blocks(without="uv")
    assert "uv" not in bootstrap._locked_blocks(without="uv")
    assert bootstrap._locked_blocks(only="uv").splitlines() == [
        "uv==0.13.9 \\",
        "    --hash=sha256:bb",
        "    --hash=sha256:cc",
    ]


def test_uv_is_told_what_pip_is_configured_with(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ncert = /etc/ssl/own.pem\n"
        "extra-index-url = https://one.example/simple\n  https://two.example/simple\n"
        "[install]\nfind-links = /srv/wheels /srv/more\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_CERT", "/etc/ssl/stronger.pem")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    environment = bootstrap._uv_environment(bootstrap._base_interpreter())
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["UV_INDEX"].split() == ["https://one.example/simple", "https://two.example/simple"]
    assert environment["UV_FIND_LINKS"] == "/srv/wheels,/srv/more"
    assert environment["SSL_CERT_FILE"] == "/etc/ssl/stronger.pem"
    assert environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_uv_is_told_already_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    environment = bootstrap._uv_environment(bootstrap._base_interpreter())
    assert environment["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


@pytest.mark.parametrize("home", ["", "/nowhere/at/all"])
def test_without_a_home_the_cache_stays_in_the_project(
    project: Path, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", home)
    environment = bootstrap._uv_environment(bootstrap._base_interpreter())
    assert environment["UV_CACHE_DIR"] == str(project / ".tools" / "cache")


def test_where_uv_fails_pip_builds_the_same(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_uv(python: str, fresh: Path) -> None:
        (fresh / "bin").mkdir(parents=True)
        (fresh / "half").touch()
        raise CommandFailed("Installing the packages", 2, "no route")

    def with_pip(python: str, fresh: Path) -> None:
        (fresh / "bin").mkdir(parents=True)
        (fresh / "bin" / "python").touch()
        (fresh / "pyvenv.cfg").write_text(f"command = venv {fresh}\n")

    monkeypatch.setattr(bootstrap, "_build_with_uv", without_uv)
    monkeypatch.setattr(bootstrap, "_build_with_pip", with_pip)
    assert bootstrap._build_if_stale()
    assert bootstrap._is_ready()
    assert not (project / ".venv" / "half").exists()
    assert (project / ".venv" / "pyvenv.cfg").read_text() == f"command = venv {project / '.venv'}\n"


def test_a_build_that_is_stopped_leaves_the_old_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "old").touch()

    def interrupted(python: str, fresh: Path) -> None:
        fresh.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_build_with_uv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap._build_if_stale()
    assert (project / ".venv" / "old").exists()
    assert not bootstrap._is_ready()
    assert not list(project.glob(".setup.*"))


def test_what_a_killed_build_left_is_removed_and_not_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = project / ".setup.4711" / "venv"
    left.mkdir(parents=True)

    def build(python: str, fresh: Path) -> None:
        assert fresh != left
        (fresh / "bin").mkdir(parents=True)
        (fresh / "bin" / "python").touch()
        (fresh / "pyvenv.cfg").touch()

    monkeypatch.setattr(bootstrap, "_build_with_uv", build)
    bootstrap._build_if_stale()
    assert bootstrap._is_ready()
    assert not list(project.glob(".setup.*"))


def _build_slowly(project: str, builds: str, go: float) -> None:
    folder = Path(project)
    bootstrap.ROOT, bootstrap.LOCK = folder, folder / "requirements.lock"
    bootstrap.TOOLS, bootstrap.VENV = folder / ".tools", folder / ".venv"

    def build() -> None:
        with Path(builds).open("a") as note:
            note.write("built\n")
        time.sleep(0.3)
        make_ready(folder)

    bootstrap._build = build
    time.sleep(max(0.0, go - time.monotonic()))
    bootstrap._build_if_stale()


def test_two_starts_at_once_build_once(project: Path) -> None:
    context = multiprocessing.get_context("fork")
    builds = project / "builds"
    go = time.monotonic() + 0.2
    starts = [context.Process(target=_build_slowly, args=(str(project), str(builds), go)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert [start.exitcode for start in starts] == [0, 0, 0]
    assert builds.read_text() == "built\n"


def test_missing_pip_is_said_with_the_package_to_install(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(SetupFailed, match="apt-get install python3-pip"):
        bootstrap._check_pip(str(python))


def test_an_old_python_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupFailed, match=r"Python 3\.11 or newer is needed; this is 3\.9\.2"):
        bootstrap._check_python()


def test_a_failed_command_says_its_last_lines(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed, match="no space left") as failure:
        run_command("Copying", ["sh", "-c", "echo no space left >&2; exit 3"])
    assert "ended with status 3" in str(failure.value)
    assert capfd.readouterr().err.splitlines()[0] == "Copying …"


def test_a_command_that_is_not_there_is_a_failure_too() -> None:
    with pytest.raises(CommandFailed, match="status 127"):
        run_command("Looking", ["sameterms-has-no-such-program"])


def test_a_second_start_takes_no_step_of_the_setup(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    make_ready(project)
    monkeypatch.setattr(sys, "prefix", str(project / ".venv"))
    bootstrap.ensure("kiosk", [], libraries=[])
    assert capfd.readouterr().err == ""


def test_a_start_outside_goes_on_inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_ready(project)
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda path, words, environment: started.append([path, *words[1:]]))
    bootstrap.ensure("kiosk", ["--port", "9000"], libraries=[])
    assert started == [[str(project / ".venv" / "bin" / "python"), "-m", "kiosk", "--port", "9000"]]
