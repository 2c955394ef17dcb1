"""Errors are problem JSON in the caller's language, with headers that keep answers to themselves."""

from __future__ import annotations

import pytest
from flask import Flask

from store_api.auth import allow
from store_api.contract import Problem
from store_api.errors import ApiError
from store_api.problem_words import TITLES, WORDS
from tests.store_api.clients import Client

BACKENDS = ("sqlite",)
"""Nothing here reaches the database's own ways, so one of the two is enough."""


def all_kinds(kind: type[ApiError] = ApiError) -> list[type[ApiError]]:
    """Every class of the error tree."""
    return [kind, *(found for child in kind.__subclasses__() for found in all_kinds(child))]


def test_every_kind_of_error_has_words_in_both_languages() -> None:
    for kind in all_kinds():
        assert set(TITLES[kind.status]) == {"en", "es"}
        assert set(WORDS[kind.code]) == {"en", "es"}
    assert all(set(words) == {"en", "es"} for words in WORDS.values())


@pytest.mark.parametrize(
    ("accept", "language", "title"),
    [
        ("es-MX,es;q=0.9,en;q=0.1", "es", "No encontrado"),
        ("en-US", "en", "Not found"),
        ("fr", "en", "Not found"),
        ("", "en", "Not found"),
    ],
)
def test_a_problem_speaks_the_callers_language(
    as_nobody: Client, accept: str, language: str, title: str
) -> None:
    answer = as_nobody.get("/v1/nothing", headers={"Accept-Language": accept})
    problem = Problem.model_validate_json(answer.data)
    assert (answer.status_code, problem.title, problem.code) == (404, title, "resource.not_found")
    assert answer.headers["Content-Language"] == language
    assert answer.content_type == "application/problem+json"


def test_another_method_is_405_and_names_the_right_ones(as_kiosk: Client) -> None:
    answer = as_kiosk.delete("/v1/visits")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "request.method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_our_own_fault_shows_nothing_of_it(app: Flask, as_nobody: Client) -> None:
    @app.get("/broken")
    @allow("public")
    def broken() -> str:
        raise RuntimeError("the telephone number 555 0142")

    answer = as_nobody.get("/broken")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "service.failed")
    assert "0142" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/v1/nothing", "/v1/store", "/v1/docs"])
def test_every_answer_is_hardened(as_kiosk: Client, path: str) -> None:
    headers = as_kiosk.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
