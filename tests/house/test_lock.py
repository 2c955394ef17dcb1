"""The locked packages: complete, checked by digest, from whatever index the machine uses."""

import re
import tomllib

from tests.house.sources import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def normal_name(requirement: str) -> str:
    name = re.split(r"[\[<>=!~; ]", requirement.strip())[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_blocks() -> dict[str, str]:
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", LOCK)
    return {normal_name(block): block for block in blocks if "==" in block}


def test_the_lock_names_no_index() -> None:
    assert not re.search(
        r"://|^\s*(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)", LOCK, re.M
    )


def test_every_locked_package_has_a_digest() -> None:
    assert [name for name, block in locked_blocks().items() if "--hash=sha256:" not in block] == []


def test_every_package_that_is_asked_for_is_locked() -> None:
    asked = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert {normal_name(requirement) for requirement in asked} - set(locked_blocks()) == set()


def test_the_installer_itself_is_locked() -> None:
    assert "uv" in locked_blocks()
