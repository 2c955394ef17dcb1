"""Every bad file gets FILE:LINE:COL: code: message, and nothing else."""
# ruff: noqa: E501 - one case a line reads best

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.policies.cli import policy
from store_api.policy.check import check_version
from store_api.policy.document import read_policy
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import load_catalogue
from tests.policy.documents import DEMO, SEEDS, catalogue

GOOD = (DEMO / "upgrade-credit-50-v3.yaml").read_text(encoding="utf-8")
TIERS = (DEMO / "loyalty-credit-v1.yaml").read_text(encoding="utf-8")
BILLS = (DEMO / "trade-in-bill-credit-v1.yaml").read_text(encoding="utf-8")
PERCENT = (DEMO / "second-device-15-v1.yaml").read_text(encoding="utf-8")
UPGRADE = (DEMO / "device-upgrade-v1.yaml").read_text(encoding="utf-8")

FORM = re.compile(
    r"^(?P<file>[^\n]+?):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): (?P<code>[a-z_]+\.[a-z_0-9]+): \S.*$"
)
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(policy, [str(argument) for argument in arguments])


def faults(result: Result) -> list[tuple[int, int, str]]:
    """Line, column and code of every error; each line must have the form."""
    found = []
    for line in result.stderr.splitlines():
        matched = FORM.match(line)
        assert matched, line
        found.append((int(matched["line"]), int(matched["column"]), matched["code"]))
    return found


def place_of(text: str, part: str) -> tuple[int, int]:
    """Where a piece of text stands, counted from 1."""
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


# (what is wrong, text, replaced, by, code, where the error points at in the changed text)
CHANGES = [
    ("an unknown key", GOOD, "remainder: keep", "left_over: keep", "benefit.unknown_key", "left_over"),
    ("an unknown operator", GOOD, "at_least: 24\n", "at_leest: 24\n", "term.unknown_key", "at_leest"),
    ("a test of another type", GOOD, "at_least: 24\n", "is: 24\n", "term.wrong_test", "is: 24"),
    ("two tests", GOOD, "at_least: 24\n", "at_least: 24\n      at_most: 30\n", "term.one_test", "term: renew"),
    ("no test", GOOD, "      is: phone\n", "", "term.one_test", "term: new-phone"),
    ("an unknown fact", GOOD, "fact: order.device_category", "fact: order.devise", "fact.undeclared", "order.devise"),
    ("an unknown option", GOOD, "is: phone", "is: fridge", "value.unknown_option", "fridge"),
    ("a number in quotes", GOOD, "at_least: 24\n", 'at_least: "24"\n', "value.not_integer", '"24"'),
    ("a number that is huge", GOOD, "at_least: 24\n", f"at_least: {'9' * 40}\n", "number.too_large", "9" * 40),
    ("an id twice", GOOD, "term: renew-agreement", "term: new-phone", "id.twice", "new-phone\n      says: {en: \"Renew"),
    ("an end before the start", GOOD, "{from: 2025-01-01}", "{from: 2025-01-01, until: 2024-01-01}", "effective.end_before_start", "2024-01-01"),
    ("an end on the start", GOOD, "{from: 2025-01-01}", "{from: 2025-01-01, until: 2025-01-01}", "effective.end_before_start", "2025-01-01}"),
    ("a day that is not in the calendar", GOOD, "{from: 2025-01-01}", "{from: 2025-02-30}", "value.not_date", "2025-02-30"),
    ("a credit without an amount", GOOD, "  amount: 50.00 USD\n", "", "benefit.amount", "kind: instant_credit"),
    ("a credit of nothing", GOOD, "  amount: 50.00 USD", "  amount: 0.00 USD", "benefit.not_positive", "0.00 USD"),
    ("a credit below nothing", GOOD, "  amount: 50.00 USD", "  amount: -1 USD", "benefit.not_positive", "-1 USD"),
    ("a credit finer than a cent", GOOD, "  amount: 50.00 USD", "  amount: 0.001 USD", "money.too_fine", "0.001 USD"),
    ("an amount for an upgrade", UPGRADE, "{kind: upgrade_right}", "{kind: upgrade_right, amount: 5 USD}", "benefit.unknown_key", "amount: 5"),
    ("an amount beside tiers", TIERS, "  remainder: forfeit", "  amount: 5 USD\n  remainder: forfeit", "benefit.amount", "kind: instant_credit"),
    ("tiers of one amount", TIERS, "amount: 100.00 USD", "amount: 25.00 USD", "tier.same_amount", "- tier: any-device"),
    ("tiers in two currencies", TIERS, "amount: 100.00 USD", "amount: 100.00 EUR", "money.two_currencies", "- tier: any-device"),
    ("a percentage above a hundred", PERCENT, "percent: 15", "percent: 150", "value.not_percent", "150"),
    ("a percentage of no money", PERCENT, "of: order.device_price", "of: account.lines", "benefit.of", "account.lines"),
    ("bills without months", BILLS, "  months: 24\n", "", "benefit.missing_key", "kind: bill_credit"),
    ("an unknown claim", GOOD, "{claim: paper}", "{claim: papers}", "claim.unknown", "papers"),
    ("a claim twice", GOOD, "{claim: paper}", "{claim: plan-change}", "claim.twice", "plan-change}\n  - {claim: insurance"),
    ("an unknown placeholder", GOOD, "at least {bound}.\"", "at least {bond}.\"", "says.unknown_placeholder", '"Renew'),
    ("a lone brace", GOOD, "Buy a new phone on", "Buy a new } phone on", "says.brace", '"Buy a new }'),
    ("a digit typed by hand", GOOD, "at least {bound}.\"", "at least {bound} or 25.\"", "says.typed_digit", '"Renew'),
    ("a bound that is not told", GOOD, "for at least {bound}.\"", "for long.\"", "says.without_bound", '"Renew'),
    ("a language missing", GOOD, ', es: "Compre un teléfono nuevo en esta línea."', "", "says.missing_language", '{en: "Buy'),
    ("an empty group", GOOD, "agrees:", "x: {all: []}\nagrees:", "policy.unknown_key", "x: {all"),
    ("a waiver of no term", GOOD, "{term: since-last-upgrade, by", "{term: since-last, by", "waivable.unknown_term", "since-last, by"),
    ("a waiver by a role that there is not", GOOD, "by: store_manager", "by: the_boss", "waivable.unknown_role", "the_boss"),
    ("an option twice", GOOD, "is: phone", "one_of: [phone, tablet, phone]", "bound.twice", "phone]"),
    ("an excluded option twice", GOOD, "is: phone", "none_of: [watch, watch]", "bound.twice", "watch]"),
    ("an example's name twice", GOOD, "name: The day itself counts", "name: Two questions are open", "example.name_twice", "Two questions are open\n    date: 2026-11-21"),
    ("a waiver in another currency", GOOD, "up_to: 50.00 USD", "up_to: 50.00 EUR", "money.two_currencies", "50.00 EUR"),
    ("an unknown parameter", UPGRADE, "{parameter: notice}", "{parameter: notise}", "parameter.unknown", "{parameter: notise"),
    ("a parameter of another unit", UPGRADE, "{parameter: most-of-it}", "{parameter: notice}", "parameter.unit", "{parameter: notice}\n    - term"),
    ("a low end above the high end", BILLS, "[24, 36]", "[36, 24]", "bound.low_above_high", "[36, 24]"),
    ("a duration of nothing", GOOD, "{months: 24}", "{months: 0}", "duration.form", "0}"),
    ("a duration in weeks", GOOD, "{months: 24}", "{weeks: 4}", "duration.form", "{weeks"),
    ("binding to money", GOOD, "binds: voucher.issued_on", "binds: account.past_due", "policy.binds", "account.past_due"),
    ("another format", GOOD, "format: 1", "format: 2", "policy.format", "2\npolicy"),
    ("no source", GOOD, "source: Promotions handbook 4.2\n", "", "policy.missing_key", "format: 1"),
    ("an example that fails", GOOD, "expect: {outcome: eligible}\n", "expect: {outcome: undecided}\n", "example.fails", "{outcome: undecided}\n"),
    ("an example with an unknown fact", GOOD, "facts: {voucher.issued_on: 2026-03-04, line.last", "facts: {x.y: 1, line.last", "fact.undeclared", "x.y: 1"),
    ("not around a group", BILLS, "    - not:\n        term: not-broken", "    - not:\n        all: []\n        term: not-broken", "group.form", "all: []"),
    ("a duplicate key", GOOD, "version: 3", "version: 3\nversion: 3", "yaml.duplicate_key", "version: 3\ntitle"),
    ("an anchor", GOOD, "is: phone", "is: &p phone", "yaml.anchor", "&p"),
    ("an alias", GOOD, "is: phone", "is: *p", "yaml.alias", "*p"),
    ("a tag", GOOD, "is: phone", "is: !!python/object/apply:os.system phone", "yaml.tag", "!!python"),
    ("a merge key", GOOD, "      is: phone", "      <<: {is: phone}", "term.unknown_key", "<<"),
    ("a tab", GOOD, "      is: phone", "\tis: phone", "yaml.syntax", "\tis: phone"),
    ("a second document", GOOD, "agrees:", "---\nagrees:", "yaml.documents", "---\nagrees"),
]  # fmt: skip


def test_an_example_outside_of_the_versions_dates_is_told_once_and_why(tmp_path: Path) -> None:
    file = tmp_path / "successor.yaml"
    file.write_text(
        re.sub("effective: {from: [0-9-]+", "effective: {from: 2027-01-03", GOOD), encoding="utf-8"
    )
    result = run("check", file)
    assert {code for _, _, code in faults(result)} == {"example.outside"}
    assert len(faults(result)) == GOOD.count("- name: ")
    assert "voucher.issued_on is 2026-03-04, and this version is in force from 2027-01-03" in result.stderr


@pytest.mark.parametrize(
    ("text", "old", "new", "code", "pointer"),
    [case[1:] for case in CHANGES],
    ids=[case[0] for case in CHANGES],
)
def test_a_bad_document_is_refused_where_it_is_wrong(
    text: str, old: str, new: str, code: str, pointer: str, tmp_path: Path
) -> None:
    assert old in text
    changed = text.replace(old, new, 1)
    file = tmp_path / "bad.yaml"
    file.write_text(changed, encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    found = faults(result)
    assert (*place_of(changed, pointer), code) in found, result.stderr


BYTES = {
    "nothing": (b"", "file.empty"),
    "a remark only": (b"# nothing\n", "file.empty"),
    "a list": (b"- 1\n", "policy.not_a_mapping"),
    "a word": (b"hello", "policy.not_a_mapping"),
    "latin-1": ("título: ñ".encode("latin-1"), "file.not_utf8"),
    "UTF-16": ("format: 1\n".encode("utf-16"), "file.not_utf8"),
    "a null byte": (b"format: 1\x00\n", "yaml.character"),
    "an escape": (b"format: \x1b[31m1\n", "yaml.character"),
    "an alias bomb": (BOMB.encode(), "yaml.anchor"),
    "deep nesting": (b"[" * 200_000, "yaml.too_deep"),
    "deep nesting in blocks": (b"- " * 5_000, "yaml.too_deep"),
    "deep mappings": (b"{a: " * 20_000, "yaml.too_deep"),
    "ten megabytes": (b"a: b\n" * 2_000_000, "file.too_large"),
    "one huge number": (b"version: " + b"9" * 500_000, "number.too_large"),
    "a key that is a list": (b"? [a, b]\n: 1\n", "yaml.key"),
    "a key that is a number": (b"1: 2\n", "yaml.key"),
    "no end of a text": (b'format: "1', "yaml.syntax"),
    "an unknown directive": (b"%YAML 9.9\n---\nformat: 1\n", "yaml.syntax"),
    "half a surrogate": (b'title: "\\ud800"\n', "yaml.syntax"),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_policy_are_refused_with_a_place(name: str, tmp_path: Path) -> None:
    content, code = BYTES[name]
    file = tmp_path / "odd.yaml"
    file.write_bytes(content)
    for result, status in (
        (run("check", file), 1),
        (run("decide", file, "--facts", file, "--on", "2026-11-21"), 2),
    ):
        assert result.exit_code == status
        assert code in [fault[2] for fault in faults(result)]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "marked.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert run("check", file).exit_code == 0


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        GOOD.replace("is: phone", "is: fridge").replace("{claim: paper}", "{claim: x}"), encoding="utf-8"
    )
    two.write_text("format: 1\n", encoding="utf-8")
    result = run("check", one, two, tmp_path / "three.yaml", tmp_path)
    codes = [fault[2] for fault in faults(result)]
    assert {"value.unknown_option", "claim.unknown", "policy.missing_key"} <= set(codes)
    assert codes.count("file.unreadable") == 2


def test_overlapping_versions_are_refused_together(tmp_path: Path) -> None:
    second = tmp_path / "second.yaml"
    second.write_text(
        GOOD.replace("version: 3", "version: 4").replace("2025-01-01", "2026-01-01"), encoding="utf-8"
    )
    first = DEMO / "upgrade-credit-50-v3.yaml"
    assert [fault[2] for fault in faults(run("check", first, second))] == ["policy.versions_overlap"]
    assert run("check", second).exit_code == 0


def test_one_version_twice_and_versions_that_bind_elsewhere_are_refused(tmp_path: Path) -> None:
    first = DEMO / "upgrade-credit-50-v3.yaml"
    assert "policy.version_twice" in [fault[2] for fault in faults(run("check", first, first))]
    other = tmp_path / "other.yaml"
    bound = (
        GOOD[: GOOD.index("examples:")]
        .replace("binds: voucher.issued_on", "binds: today")
        .replace("version: 3", "version: 4")
    )
    other.write_text(
        bound.replace("{from: 2025-01-01}", "{from: 2024-01-01, until: 2025-01-01}"), encoding="utf-8"
    )
    assert "policy.binds_differ" in [fault[2] for fault in faults(run("check", first, other))]


FACTS_FAULTS = {
    "voucher.issued_on: 2026-03-04\norder.nothing: 1\n": (2, 1, "fact.undeclared"),
    "order.agreement_months: 24.5\n": (1, 25, "value.not_integer"),
    "order.device_price: {amount: 5}\n": (1, 21, "value.not_money"),
    "line.last_upgrade_on: yesterday\n": (1, 23, "value.not_date"),
    "- 1\n": (1, 1, "facts.not_a_mapping"),
    '{"order.agreement_months": 24, "order.agreement_months": 25}': (1, 32, "yaml.duplicate_key"),
    '{"line.device_paid_percent": 1e400}': (1, 30, "value.not_percent"),
    '{"account.locked": "true"}': (1, 20, "value.not_boolean"),
}


@pytest.mark.parametrize("text", FACTS_FAULTS)
def test_bad_facts_are_refused_where_they_stand(text: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(text, encoding="utf-8")
    result = run("decide", DEMO / "upgrade-credit-50-v3.yaml", "--facts", file, "--on", "2026-11-21")
    assert result.exit_code == 2
    assert faults(result) == [FACTS_FAULTS[text]]


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (["--on", "2026-13-01"], "value.not_date"),
        (["--on", "tomorrow"], "value.not_date"),
        (["--ends", "1"], "value.not_date"),
        (["--waive", "nothing"], "waive.unknown_term"),
        (["--lang", "tlh"], "language.unknown"),
        (["--catalogue", "/nowhere.yaml"], "file.unreadable"),
        (["--facts", "/"], "file.unreadable"),
    ],
)
def test_bad_options_have_the_same_form_and_status(extra: list[str], code: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("voucher.issued_on: 2026-03-04\n", encoding="utf-8")
    basic = ["decide", DEMO / "upgrade-credit-50-v3.yaml", "--facts", facts, "--on", "2026-11-21"]
    result = run(*basic, *extra)
    assert result.exit_code == 2
    assert [fault[2] for fault in faults(result)] == [code]


def test_two_currencies_are_refused_at_the_term(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("voucher.issued_on: 2024-03-04\norder.plan_price: 70.00 EUR\n", encoding="utf-8")
    file = DEMO / "upgrade-credit-50-v2.yaml"
    result = run("decide", file, "--facts", facts, "--on", "2026-11-21")
    assert result.exit_code == 2
    line, column = place_of(file.read_text(encoding="utf-8"), "term: plan-price")
    assert faults(result) == [(line, column, "money.two_currencies")]


# Catalogues


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("facts:\n  order.plan_price: {type: integer, unit: items, source: order}\n", "catalogue.breaks_claim"),
        ("facts:\n  order.trade_in_condition: {type: choice, options: [good], source: order}\n", "catalogue.breaks_claim"),
        ("facts:\n  line.plan_price: {type: date, source: billing}\n", "catalogue.breaks_claim"),
        ("facts:\n  x.y: {type: integer, source: order}\n", "catalogue.missing_key"),
        ("facts:\n  x.y: {type: choice, source: order}\n", "catalogue.options"),
        ("facts:\n  x.y: {type: money, unit: months, source: order}\n", "catalogue.unit"),
        ("facts:\n  x.y: {type: money, source: weather}\n", "catalogue.unknown_word"),
        ("facts:\n  X: {type: money, source: crm}\n", "catalogue.fact_key"),
        ("facts:\n  x.y: {type: money, source: crm, max_age: {days: 0}}\n", "duration.form"),
        ("facts:\n  x.y: {type: money, source: crm, colour: red}\n", "catalogue.unknown_key"),
        ("claims:\n  a: {says: {en: A., es: A.}, without: {x.y: 1}}\n", "fact.undeclared"),
        ("claims:\n  a: {says: {en: A., es: A.}, without: {order.insurance: 1}}\n", "value.not_boolean"),
        ("claims:\n  a: {says: {en: A., es: A.}, without: {order.insurance: {fact: account.lines}}}\n", "fact.other_type"),
        ("claims:\n  a: {says: {en: A.}, without: {order.insurance: false}}\n", "says.missing_language"),
        ("claims:\n  a: {says: {en: A., es: A.}, without: {}}\n", "catalogue.without"),
        ("other: 1\n", "catalogue.unknown_key"),
    ],
)  # fmt: skip
def test_a_bad_catalogue_is_refused_with_a_place(text: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    result = run("check", DEMO / "upgrade-credit-50-v3.yaml", "--catalogue", file)
    assert result.exit_code == 1
    assert code in [fault[2] for fault in faults(result)]


def test_a_carriers_own_facts_and_claims_lie_over_the_shipped_ones() -> None:
    own = load_catalogue(
        "facts:\n  order.colour: {type: choice, options: [red, blue], source: order}\n",
        "claims:\n  red: {says: {en: A red one., es: Uno rojo.}, without: {order.colour: blue}}\n"
        "  paper: {says: {en: Paper., es: Papel.}, without: {presentation.paper: false}}\n",
    )
    assert list(own.claims) == [*catalogue().claims, "red"]
    assert own.claims["paper"].says["en"] == "Paper."


# Whatever is done to a file, there is a clear answer.


def refusals(read: Callable[[], object]) -> list[str]:
    """The errors of a reading, each of the right form; any other exception breaks the test."""
    told: list[str] = []
    try:
        read()
    except PolicyErrors as failed:
        told = [str(error) for error in failed.errors]
        if not told:
            raise ValueError("refused without a reason") from failed
    malformed = [line for line in told if not FORM.match(line)]
    if malformed:
        raise ValueError(malformed)
    return told


def _mutated(text: str, random: Random) -> str:
    pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        "-",
        " ",
        "\n",
        "'",
        '"',
        "&a",
        "*a",
        "!!x",
        "#",
        "24",
        "null",
        "\t",
        "é",
        ",",
    ]
    for _ in range(random.randint(1, 4)):
        at, kind = random.randrange(len(text)), random.random()
        if kind < 0.35:
            text = text[:at] + random.choice(pieces) + text[at:]
        elif kind < 0.6:
            text = text[:at] + text[at + random.randint(1, 12) :]
        elif kind < 0.8:
            lines = text.split("\n")
            one, two = random.randrange(len(lines)), random.randrange(len(lines))
            lines[one], lines[two] = lines[two], lines[one]
            text = "\n".join(lines)
        else:
            words = re.findall(r"[\w.-]+", text)
            text = text.replace(random.choice(words), random.choice(words), 1)
    return text


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_mangled_policy_is_read_or_refused_and_never_breaks_the_reader(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - made-up cases, no secrets
    text = _mutated(random.choice([GOOD, TIERS, BILLS, PERCENT, UPGRADE]), random)
    assert (
        refusals(lambda: check_version(read_policy(text, "mangled.yaml", catalogue()), catalogue()))
        is not None
    )


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for read in (lambda: read_policy(text, "any.yaml", catalogue()), lambda: load_catalogue(text + "\n")):
        assert refusals(read) is not None
