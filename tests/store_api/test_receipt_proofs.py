"""A receipt's signed line says what was used, and nothing that was changed passes."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from store_api.cli import cli
from store_api.contract.voucher_codes import ALPHABET
from store_api.keys import KeyRing
from store_api.receipt_proofs import BadProof, public_keys, sign_receipt, verify_receipt

OLD = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
NEW = f"k2:{base64.b64encode(bytes(range(1, 33))).decode()}"
AT = dt.datetime(2026, 11, 21, 15, 52, 7, tzinfo=dt.UTC)
KEYS = KeyRing.parse(OLD)


def line(keys: KeyRing = KEYS, amount: str | None = "49.99", currency: str | None = "USD") -> str:
    value = None if amount is None else Decimal(amount)
    return sign_receipt(keys, "red_n1_42", "7F3K9-2QDXA", value, currency, AT, 3)


def test_a_line_says_what_was_used() -> None:
    facts = verify_receipt(line(), public_keys(KEYS))
    assert (facts.terms_code, facts.amount, facts.currency) == ("7F3K9-2QDXA", Decimal("49.99"), "USD")
    assert (facts.redeemed_at, facts.use_number, facts.key_id) == (AT, 3, "k1")
    assert facts.is_of("red_n1_42")
    assert not facts.is_of("red_n1_43")


@given(
    code=st.text(ALPHABET, min_size=10, max_size=10),
    minor=st.integers(0, 4_000_000_000),
    places=st.integers(0, 3),
    use=st.integers(1, 65535),
    at=st.integers(1_577_836_800, 4_291_000_000),
)
def test_every_redemption_comes_back_as_it_was(code: str, minor: int, places: int, use: int, at: int) -> None:
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    shown, amount = f"{code[:5]}-{code[5:]}", Decimal(minor).scaleb(-places)
    facts = verify_receipt(sign_receipt(KEYS, "r", shown, amount, "EUR", moment, use), public_keys(KEYS))
    assert (facts.terms_code, facts.amount, facts.redeemed_at, facts.use_number) == (
        shown,
        amount,
        moment,
        use,
    )


def test_a_use_without_money_has_no_amount() -> None:
    facts = verify_receipt(line(amount=None, currency=None), public_keys(KEYS))
    assert (facts.amount, facts.currency) == (None, None)


def test_the_line_fits_a_qr_code_of_version_6_at_correction_m() -> None:
    code = segno.make_qr(line(), error="m")
    assert (code.version, code.mode, code.error) == (6, "alphanumeric", "M")


def test_no_letter_of_a_line_can_be_changed_unseen() -> None:
    whole, keys = line(), public_keys(KEYS)
    for place in range(len(whole)):
        changed = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        with pytest.raises(BadProof):
            verify_receipt(changed, keys)


@given(st.text(max_size=200))
def test_any_other_text_is_no_receipt(text: str) -> None:
    with pytest.raises(BadProof):
        verify_receipt(text, public_keys(KEYS))
    with pytest.raises(BadProof):
        verify_receipt("SR1:" + text, public_keys(KEYS))


def test_after_a_rotation_old_lines_stay_right_and_new_ones_name_the_new_key() -> None:
    both = KeyRing.parse(f"{NEW},{OLD}")
    assert verify_receipt(line(), public_keys(both)).key_id == "k1"
    assert verify_receipt(line(both), public_keys(both)).key_id == "k2"
    with pytest.raises(BadProof, match="not among"):
        verify_receipt(line(both), public_keys(KEYS))


def test_a_line_of_another_installation_with_the_same_key_id_is_not_right() -> None:
    other = KeyRing.parse(f"k1:{base64.b64encode(bytes(32)).decode()}")
    with pytest.raises(BadProof, match="signature"):
        verify_receipt(line(other), public_keys(KEYS))


def test_a_checker_needs_the_public_keys_alone(tmp_path: Path) -> None:
    shell = CliRunner()
    shown = shell.invoke(cli, ["audit", "receipt-keys"], env={"SAMETERMS_KEYS": OLD})
    assert shown.exit_code == 0
    assert OLD.split(":")[1] not in shown.output
    file = tmp_path / "keys"
    file.write_text(shown.output, encoding="ascii")
    asked = ["audit", "verify-receipt", line(), "--keys", str(file)]
    right = shell.invoke(cli, [*asked, "--redemption", "red_n1_42", "--json"], env={"SAMETERMS_KEYS": ""})
    assert (right.exit_code, json.loads(right.output)["amount"]) == (0, "49.99")
    other = shell.invoke(cli, [*asked, "--redemption", "red_n1_43"], env={"SAMETERMS_KEYS": ""})
    assert (other.exit_code, "another redemption" in other.output) == (1, True)


def test_a_wrong_line_and_a_wrong_file_are_told_apart(tmp_path: Path) -> None:
    shell = CliRunner()
    wrong = shell.invoke(cli, ["audit", "verify-receipt", "SR1:AAAA"], env={"SAMETERMS_KEYS": OLD})
    assert (wrong.exit_code, wrong.output) == (1, "Not right. It is not whole.\n")
    bad = shell.invoke(cli, ["audit", "verify-receipt", line(), "--keys", str(tmp_path / "none")])
    assert bad.exit_code == 2
