"""Settings: a wrong one stops the start with its name and without its value."""

from __future__ import annotations

import base64

import pytest

from store_api.keys import BadKeys, KeyRing
from store_api.settings import BadSetting, Settings, read_settings, setting_rows

SECRET = base64.b64encode(b"k" * 32).decode()
LEAST = {"SAMETERMS_KEYS": f"k1:{SECRET}"}


def test_only_the_secret_must_be_set() -> None:
    settings = read_settings({**LEAST, "PATH": "/bin", "SAMETERMS_PORT": "9000"})
    assert (settings.port, settings.workers, settings.node_id) == (9000, 1, "n1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAMETERMS_KEYS", ""),
        ("SAMETERMS_KEYS", "k1"),
        ("SAMETERMS_KEYS", "k1:c2hvcnQ="),
        ("SAMETERMS_KEYS", "k1:%%%"),
        ("SAMETERMS_KEYS", f"k1:{SECRET},k1:{SECRET}"),
        ("SAMETERMS_PORT", "http"),
        ("SAMETERMS_PORT", "0"),
        ("SAMETERMS_NODE_ID", "Node 1"),
        ("SAMETERMS_WORKERS", "0"),
        ("SAMETERMS_WRONG_PINS", "1000"),
        ("SAMETERMS_LOG_LEVEL", "loud"),
        ("SAMETERMS_PUBLIC_URL", "javascript:alert(1)"),
        ("SAMETERMS_DATABASE_URL", "store.db"),
        ("SAMETERMS_COUPON_NUMBER", "9501101020910"),
        ("SAMETERMS_COUPON_NUMBER", "95011010209"),
        ("SAMETERMS_VOUCHER_SYMBOL", "gs1"),
        ("SAMETERMS_VOUCHER_SYMBOL", "barcode"),
        ("SAMETERMS_DIGITAL_LINK_ADDRESS", "http://id.example.com"),
        ("SAMETERMS_DATABASE_URL", "mysql://host/name"),
    ],
)
def test_a_wrong_value_is_named_and_never_shown(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({**LEAST, name: value})
    assert str(caught.value).startswith(f"{name}: ")
    assert SECRET not in str(caught.value)
    assert "c2hvcnQ=" not in str(caught.value)


def test_a_coupon_number_gets_its_check_digit() -> None:
    for given in ("950110102091", "9501101020917"):
        assert read_settings({**LEAST, "SAMETERMS_COUPON_NUMBER": given}).coupon_number == "9501101020917"


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(BadSetting, match="SAMETERMS_KEYS"):
        read_settings({})


def test_no_secret_has_a_default_and_none_shows_itself() -> None:
    secrets = [name for name, field in Settings.model_fields.items() if field.json_schema_extra]
    assert secrets == ["keys", "billing_token", "directory_token", "messages_token"]
    assert Settings.model_fields["keys"].is_required()
    assert read_settings(LEAST).billing_token.get_secret_value() == ""
    shown = repr(read_settings({**LEAST, "SAMETERMS_BILLING_TOKEN": "token-of-billing"}))
    assert SECRET not in shown
    assert "token-of-billing" not in shown
    assert "kkkk" not in repr(read_settings(LEAST))


def test_every_setting_has_a_row_for_the_table() -> None:
    rows = setting_rows()
    assert [name for name, _, _ in rows] == [f"SAMETERMS_{name.upper()}" for name in Settings.model_fields]
    assert all(text for _, _, text in rows)
    assert ("SAMETERMS_PORT", "8001", "Port on which `serve` listens.") in rows


def test_the_newest_key_hashes_and_every_key_finds() -> None:
    older = base64.b64encode(b"o" * 32).decode()
    old, new = KeyRing.parse(f"k1:{older}"), KeyRing.parse(f"k2:{SECRET},k1:{older}")
    assert new.hash("telephone", "1").key_id == "k2"
    assert old.hash("telephone", "1") in new.hashes("telephone", "1")
    assert new.hash("telephone", "1").digest != new.hash("voucher-code", "1").digest
    with pytest.raises(KeyError):
        new.secret("telephone", "k9")


def test_a_key_ring_needs_long_secrets() -> None:
    with pytest.raises(BadKeys, match="shorter"):
        KeyRing.parse("k1:" + base64.b64encode(b"k" * 31).decode())
