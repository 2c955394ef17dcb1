"""What people read: in both languages, whole, and without an exclamation mark."""

import ast
import re
from collections.abc import Iterator

import pytest
import yaml

from tests.house.sources import PRODUCT, python_files, shown, tracked_files, tree_of

LANGUAGES = {"en", "es"}
# What a template says to the machine: statements, comments, tags with their attributes, scripts.
NOT_TEXT = re.compile(
    r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}|<!--.*?-->|<script.*?</script>|<style.*?</style>|<[^>]*>", re.S
)
SPOKEN_ATTRIBUTES = re.compile(r"(?:alt|title|placeholder|aria-label|content)=\"([^\"]*)\"")


def yaml_texts(value: object, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """(place, sentences by language) of everything that is said in some language."""
    if isinstance(value, dict):
        if value and LANGUAGES & {str(key) for key in value}:
            yield place, value
            return
        for key, inner in value.items():
            yield from yaml_texts(inner, f"{place}/{key}")
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from yaml_texts(inner, f"{place}/{number}")


def python_texts(tree: ast.AST) -> Iterator[tuple[str, dict[str, str]]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if keys and keys <= LANGUAGES and all(isinstance(value, ast.Constant) for value in node.values):
            pairs = zip(node.keys, node.values, strict=True)
            yield (
                f"line {node.lineno}",
                {ast.literal_eval(key): ast.literal_eval(value) for key, value in pairs if key},
            )


def faults(sentences: dict[str, object]) -> list[str]:
    """What is wrong with one thing said in all languages."""
    found = [f"not in {language}" for language in sorted(LANGUAGES - set(sentences))]
    for language, sentence in sentences.items():
        if not isinstance(sentence, str) or not sentence.strip():
            found.append(f"{language} is empty")
        elif re.search(r"[!¡]", sentence):
            found.append(f"{language} shouts")
    places = {
        language: set(re.findall(r"\{(\w+)\}", str(sentence))) for language, sentence in sentences.items()
    }
    return [
        *found,
        *(["different places to fill in"] if len(set(map(frozenset, places.values()))) > 1 else []),
    ]


def yaml_files() -> list[str]:
    return [
        shown(path)
        for path in tracked_files()
        if path.suffix in {".yaml", ".yml"} and shown(path).split("/")[0] in PRODUCT
    ]


@pytest.mark.parametrize("name", yaml_files())
def test_every_catalogue_says_everything_in_both_languages(name: str) -> None:
    path = next(path for path in tracked_files() if shown(path) == name)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - makes texts only
    found = {place: faults(dict(sentences)) for place, sentences in yaml_texts(content)}
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def test_texts_in_code_are_in_both_languages() -> None:
    found = {
        f"{shown(path)}, {place}": faults(dict(sentences))
        for path in python_files(*PRODUCT)
        for place, sentences in python_texts(tree_of(path))
    }
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def spoken_in_template(text: str) -> str:
    plain = NOT_TEXT.sub(" ", text)
    return " ".join([plain, *SPOKEN_ATTRIBUTES.findall(text)])


def test_no_template_shouts() -> None:
    templates = [
        path for path in tracked_files() if shown(path).startswith("templates/") and path.suffix == ".html"
    ]
    assert [
        shown(path) for path in templates if re.search(r"[!¡]", spoken_in_template(path.read_text()))
    ] == []


@pytest.mark.parametrize(
    "sentences",
    [
        {"en": "Yes."},
        {"en": "Yes.", "es": ""},
        {"en": "Yes!", "es": "Sí."},
        {"en": "Yes.", "es": "¡Sí."},
        {"en": "{count} months", "es": "meses"},
    ],
)
def test_a_faulty_sentence_is_found(sentences: dict[str, object]) -> None:
    assert faults(sentences)


def test_a_shouting_template_is_found() -> None:
    assert "!" in spoken_in_template("<!doctype html><p>Welcome!</p>")
    assert "!" not in spoken_in_template("<!doctype html>{% if a != b %}<p>Welcome.</p>{% endif %}")
