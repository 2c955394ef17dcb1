"""Bodies that two readers could understand differently are refused before anything is done."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.errors import BadRequest
from store_api.strict_json import MAXIMUM_DEPTH, check_json
from tests.store_api.clients import Client

BACKENDS = ("sqlite",)
"""Nothing here reaches the database's own ways, so one of the two is enough."""

BAD = {
    "not UTF-8": (b'{"language": "\xff"}', "json.malformed"),
    "UTF-16": ('{"language": "en"}'.encode("utf-16"), "json.malformed"),
    "a byte order mark": (b'\xef\xbb\xbf{"language": "en"}', "json.malformed"),
    "empty": (b"", "json.malformed"),
    "half": (b'{"language": "en"', "json.malformed"),
    "two values": (b"{} {}", "json.malformed"),
    "single quotes": (b"{'language': 'en'}", "json.malformed"),
    "a comment": (b'{"language": "en"} // x', "json.malformed"),
    "a key twice": (b'{"language": "en", "language": "es"}', "json.duplicate_key"),
    "a key twice, once escaped": (b'{"language": "en", "l\\u0061nguage": "es"}', "json.duplicate_key"),
    "a key twice further in": (b'{"language": {"a": 1, "a": 2}}', "json.duplicate_key"),
    "NaN": (b'{"language": NaN}', "json.bad_number"),
    "infinity": (b'{"language": -Infinity}', "json.bad_number"),
    "1e400": (b'{"language": 1e400}', "json.bad_number"),
    "a number of 100 digits": (b'{"language": ' + b"9" * 100 + b"}", "json.bad_number"),
    "a lone surrogate": (b'{"language": "\\ud800"}', "json.bad_text"),
    "a lone surrogate as key": (b'{"\\udfff": 1}', "json.bad_text"),
    "NUL": (b'{"language": "\\u0000"}', "json.bad_text"),
    "deep nesting": (b"[" * 100_000, "json.too_deep"),
    "deep nesting in objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "json.too_deep"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_body_is_refused_with_its_code(name: str) -> None:
    body, code = BAD[name]
    with pytest.raises(BadRequest) as caught:
        check_json(body)
    assert caught.value.code == code


def test_brackets_inside_of_texts_do_not_count_as_nesting() -> None:
    check_json(json.dumps({"a": "[" * 1000 + '\\"' + "{" * 1000}).encode())
    check_json(b"[" * MAXIMUM_DEPTH + b"]" * MAXIMUM_DEPTH)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abc{["\\'), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_any_plain_value_passes(value: object) -> None:
    check_json(json.dumps(value).encode())
    check_json(json.dumps(value, ensure_ascii=False).encode())


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_pass_or_a_bad_request(body: bytes) -> None:
    try:
        check_json(body)
    except BadRequest:
        return
    json.loads(body)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"language": "fr"}, "/language"),
        ({"language": True}, "/language"),
        ({"language": "en", "visit": 1}, "/visit"),
        ([], ""),
        ("en", ""),
    ],
)
def test_a_body_that_is_read_but_not_valid_is_422_and_points_at_the_fault(
    as_kiosk: Client, body: object, pointer: str
) -> None:
    answer = as_kiosk.post("/v1/visits", body)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "request.invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


def test_what_is_wrong_is_never_repeated_to_the_caller(as_kiosk: Client) -> None:
    answer = as_kiosk.post("/v1/visits", {"language": "my secret"})
    assert "my secret" not in answer.text


def test_another_media_type_is_415(as_kiosk: Client) -> None:
    answer = as_kiosk.post(
        "/v1/visits", data=b"language=en", content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer.get_json()["code"]) == (415, "request.wrong_media_type")


def test_a_body_over_a_megabyte_is_413(as_kiosk: Client) -> None:
    body = json.dumps({"language": "x" * 1_100_000}).encode()
    answer = as_kiosk.post("/v1/visits", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "request.too_large")


def test_amounts_are_texts_or_exact_and_never_booleans(as_till: Client) -> None:
    body = {"items": [{"sku": "a", "price": {"amount": True, "currency": "USD"}}], "till_reference": "t"}
    answer = as_till.post("/v1/orders/ord_1/capture", body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"].startswith("/items/0/price/amount")
