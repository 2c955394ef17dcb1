"""Settings of the demo: the secrets that it made for itself, kept in its own folder.

What it is for: the demo starts with nothing set, and the command line finds the same demo again. Anything
that the environment sets goes before. Outside the demo nothing here is used: there is no default secret.
What it must not know: Flask, the database, any feature.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

FILE = "demo.env"
KEYS = "SAMETERMS_KEYS"
SECRET_BYTES = 32


def make_demo_settings(folder: Path, public_url: str) -> dict[str, str]:
    """The demo's variables, with secrets made on the first call and kept in `folder`; writes them down."""
    kept = read_demo_settings(folder)
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    variables = {
        KEYS: kept.get(KEYS, f"demo1:{secret}"),
        "SAMETERMS_DATABASE_URL": f"sqlite:///{folder.resolve() / 'sameterms.db'}",
        "SAMETERMS_PUBLIC_URL": public_url,
        "SAMETERMS_MESSAGES": "console",
        "KIOSK_SECRET_KEY": kept.get("KIOSK_SECRET_KEY", secrets.token_urlsafe(SECRET_BYTES)),
    }
    if variables != kept:
        _write(folder / FILE, variables)
    return variables


def read_demo_settings(folder: Path) -> dict[str, str]:
    """The variables of the demo in `folder`; empty where there is none."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def with_demo_settings(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment, filled up from the demo in `folder` where it has no keys of its own."""
    demo = {} if KEYS in environment else read_demo_settings(folder)
    return {**demo, **environment}


def _write(path: Path, variables: Mapping[str, str]) -> None:
    """Write the file so that only its owner can read it, and either whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in variables.items())
    draft.replace(path)
