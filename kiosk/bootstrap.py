"""Makes a bare machine ready for the project, then starts again inside the environment it made.

It runs before anything is installed: standard library only. It puts uv into `.tools`, the
packages of `requirements.lock` into `.venv` (each checked against its digest), and has the
system libraries that are missing fetched by `kiosk.system_libraries`. It names no package
index: whatever pip is configured with is used, by uv as well.

Everything is built under another name and renamed when complete, so an interrupted set-up
leaves nothing that looks finished. It must not know what the project does with the packages.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from kiosk.setup_progress import CommandFailed, SetupFailed, run_command, say
from kiosk.system_libraries import SystemLibrary, provide

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)

# How pip's options are called in uv's environment, and what joins several values there.
# https://docs.astral.sh/uv/reference/environment/
PIP_OPTIONS_FOR_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}


def ensure(
    module: str,
    arguments: Sequence[str],
    *,
    libraries: Sequence[SystemLibrary],
    look_again: bool = False,
) -> None:
    """Return when this process runs in a complete environment; otherwise make one and start over.

    Starting over replaces this process by `.venv/bin/python -m MODULE ARGUMENTS…` with the
    places of the system libraries in the environment. `look_again` asks for optional libraries
    even where an earlier set-up could not get them. Prints what is wrong and leaves with status
    1 where the set-up cannot be completed.
    """
    try:
        _check_python()
        built = _build_if_stale()
        started_over = _runs_inside() and not built
        found = provide(
            libraries,
            ROOT / ".sysroot",
            try_optional=(built or look_again) and not started_over,
            quiet=started_over,
        )
    except SetupFailed as problem:
        _leave(str(problem))
    except PermissionError as problem:
        _leave(
            f"No permission to write {problem.filename}. Start as the owner of {ROOT},"
            " or use a copy of your own. Nothing was changed."
        )
    except KeyboardInterrupt:
        _leave("\nStopped. Start again at any time; the set-up resumes.", 130)
    unset = {name: value for name, value in found.items() if os.environ.get(name) != value}
    if unset or not started_over:
        _start_over(module, arguments, unset)


def _leave(text: str, status: int = 1) -> NoReturn:
    say(text)
    raise SystemExit(status)


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupFailed(f"Python 3.11 or newer is needed; this is {have} ({sys.executable}).")


def _runs_inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _start_over(module: str, arguments: Sequence[str], extra: dict[str, str]) -> NoReturn:
    python = str(VENV / "bin" / "python")
    environment = {**os.environ, **extra}
    environment.pop("PYTHONHOME", None)  # it would send the new process back out of .venv
    # Without compiled files every start would compile the whole product: three seconds instead of one.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.flush()
    os.execve(python, [python, "-m", module, *arguments], environment)


def _build_if_stale() -> bool:
    """Whether the environment had to be built. A second start waits for the first one's."""
    if _is_ready():
        return False
    with _one_at_a_time():
        if _is_ready():
            return True  # the other start built it meanwhile
        _build()
        return True


def _is_ready() -> bool:
    try:
        return (VENV / "stamp").read_text() == _stamp() and (VENV / "bin" / "python").exists()
    except OSError:
        return False


def _stamp() -> str:
    """What the environment depends on: the locked packages, the Python and the folder."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"lock {digest}\npython {version} {_base_interpreter()}\nfolder {ROOT}\n"


def _base_interpreter() -> str:
    """The Python outside any virtual environment: the one that has pip."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with LOCK.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting up; waiting for it.")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build() -> None:
    python = _base_interpreter()
    _check_pip(python)
    with _workshop() as workshop:
        fresh = workshop / "venv"
        try:
            _build_with_uv(python, fresh)
        except CommandFailed as problem:
            say(f"{problem}\nuv could not be used; pip does the same, more slowly.")
            _remove(fresh)
            _build_with_pip(python, fresh)
        _move_scripts(fresh, VENV)
        (fresh / "stamp").write_text(_stamp())
        _put_in_place(fresh, VENV)


@contextlib.contextmanager
def _workshop() -> Iterator[Path]:
    """A folder for what is half made. What a killed set-up left is removed.

    The name is new each time: a child of a killed set-up may still be writing into the old one.
    """
    for left in ROOT.glob(".setup.*"):
        _remove(left)
    workshop = ROOT / f".setup.{os.getpid()}"
    workshop.mkdir()
    try:
        yield workshop
    finally:
        _remove(workshop)


def _check_pip(python: str) -> None:
    answer = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    if answer.returncode != 0:
        raise SetupFailed(
            f"pip is missing for {python}. Install the package python3-pip"
            " (sudo apt-get install python3-pip) and start again."
        )


def _build_with_uv(python: str, fresh: Path) -> None:
    uv = _install_uv(python, fresh.parent)
    environment = _uv_environment(python)
    run_command(
        "Making the Python environment",
        [uv, "venv", "--python", python, str(fresh)],
        environment=environment,
    )
    target = ["--python", str(fresh / "bin" / "python")]
    listed = _requirements(fresh.parent / "packages.txt", without="uv")
    options = ["--compile-bytecode", "--require-hashes", *_no_index(environment)]
    run_command(
        "Installing the packages",
        [uv, "pip", "sync", *options, *target, listed],
        environment=environment,
    )


def _no_index(environment: Mapping[str, str]) -> list[str]:
    # uv knows this one as an option only.
    return ["--no-index"] if environment.get("UV_NO_INDEX", "").lower() in {"1", "true", "yes", "on"} else []


def _install_uv(python: str, workshop: Path) -> str:
    """Put the locked uv into `.tools` unless it is there, and return its path."""
    uv = TOOLS / "bin" / "uv"
    wanted = _locked_blocks(only="uv")
    stamp = TOOLS / "stamp"
    if stamp.exists() and stamp.read_text() == wanted and uv.exists():
        return str(uv)
    fresh = workshop / "tools"
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(fresh)]
    listed = _requirements(workshop / "installer.txt", only="uv")
    run_command(
        "Fetching the installer uv",
        [python, "-m", "pip", "install", *options, "-r", listed],
        environment=_pip_environment(),
    )
    (fresh / "stamp").write_text(wanted)
    _put_in_place(fresh, TOOLS)
    return str(uv)


def _build_with_pip(python: str, fresh: Path) -> None:
    """The same environment without uv. `--python` spares the package python3-venv."""
    run_command("Making the Python environment", [python, "-m", "venv", "--without-pip", str(fresh)])
    pip = [python, "-m", "pip", "--python", str(fresh / "bin" / "python"), "install"]
    listed = _requirements(fresh.parent / "packages.txt", without="uv")
    run_command(
        "Installing the packages with pip",
        [*pip, "--require-hashes", "--no-deps", "-r", listed],
        environment=_pip_environment(),
    )


def _requirements(path: Path, *, only: str = "", without: str = "") -> str:
    path.write_text(_locked_blocks(only=only, without=without))
    return str(path)


def _locked_blocks(*, only: str = "", without: str = "") -> str:
    """The lines of requirements.lock that belong to one package, or to all but one."""
    kept, name = [], ""
    for line in LOCK.read_text().splitlines(keepends=True):
        if not line[0].isspace() and not line.startswith("#"):
            name = line.split("==")[0].strip()
        if name == only or (not only and name != without):
            kept.append(line)
    return "".join(kept)


def _pip_environment() -> dict[str, str]:
    # A site's "always --user" or "only in a virtual environment" would refuse our private folders.
    calm = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**os.environ, **calm}


def _uv_environment(python: str) -> dict[str, str]:
    """This environment plus pip's own settings in uv's words; what is set for uv already wins."""
    told = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", **_pip_settings_for_uv(python)}
    if "UV_INDEX" in told:
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip: any index may have the locked file
    if not _can_keep_cache_at_home():
        told["UV_CACHE_DIR"] = str(TOOLS / "cache")
    environment = {**told, **os.environ}
    environment.pop("VIRTUAL_ENV", None)
    return environment


def _pip_settings_for_uv(python: str) -> dict[str, str]:
    answer = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    told = {}
    for source in ("global", "install", ":env:"):  # later sources win, as in pip
        for option, (variable, separator) in PIP_OPTIONS_FOR_UV.items():
            written = settings.get(f"{source}.{option}")
            if written is not None:
                told[variable] = separator.join(str(ast.literal_eval(written)).split())
    return told


def _can_keep_cache_at_home() -> bool:
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME") or None
    return home is not None and os.path.isdir(home) and os.access(home, os.W_OK | os.X_OK)


def _move_scripts(built: Path, final: Path) -> None:
    """Scripts carry the path of their Python; make it the one they will have."""
    for path in [*(built / "bin").iterdir(), built / "pyvenv.cfg"]:
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if str(built).encode() in content and b"\0" not in content:
            path.write_bytes(content.replace(str(built).encode(), str(final).encode()))


def _put_in_place(built: Path, final: Path) -> None:
    old = final.with_name(final.name + ".old")
    _remove(old)
    if final.exists():
        final.rename(old)
    built.rename(final)
    _remove(old)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
