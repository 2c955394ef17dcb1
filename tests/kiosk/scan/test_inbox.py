"""A scan is kept once, taken once, and gone after a while."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from hardware.ports import UNKNOWN_SYMBOLOGY, Symbology
from kiosk.scan.inbox import KEEP_SECONDS, InboxScan, ScanInbox, Source, clean_text

QR = Symbology("qr", "]Q1")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(clock: Clock) -> ScanInbox:
    numbers = itertools.count(1)
    return ScanInbox(clock, new_key=lambda: f"key-{next(numbers)}")


def put(inbox: ScanInbox, text: str, station: str = "one", source: Source = "camera") -> InboxScan:
    return inbox.put(station, text, QR, source)


def test_a_scan_is_taken_once_with_its_key(inbox: ScanInbox) -> None:
    put(inbox, "7F3K-9QDX")
    taken = inbox.take("one")
    assert taken is not None
    assert (taken.text, taken.key, taken.symbology, taken.readable) == ("7F3K-9QDX", "key-1", QR, True)
    assert inbox.take("one") is None


def test_a_scan_reaches_its_own_station_only(inbox: ScanInbox) -> None:
    put(inbox, "7F3K-9QDX", station="one")
    assert inbox.take("two") is None


def test_the_newest_scan_wins(inbox: ScanInbox) -> None:
    put(inbox, "OLD")
    put(inbox, "NEW")
    taken = inbox.take("one")
    assert taken is not None
    assert taken.text == "NEW"


def test_the_same_code_twenty_times_a_second_is_one_scan(inbox: ScanInbox, clock: Clock) -> None:
    keys = set()
    for _ in range(200):
        keys.add(put(inbox, "SAME").key)
        clock.now += 0.05
    assert keys == {"key-1"}
    assert inbox.take("one") is not None
    put(inbox, "SAME")
    assert inbox.take("one") is None


def test_a_code_that_was_away_for_a_while_is_a_new_scan(inbox: ScanInbox, clock: Clock) -> None:
    put(inbox, "SAME")
    inbox.take("one")
    clock.now += 2
    assert put(inbox, "SAME").key == "key-2"
    assert inbox.take("one") is not None


def test_what_a_person_types_twice_was_meant_twice(inbox: ScanInbox) -> None:
    assert put(inbox, "SAME", source="typed").key != put(inbox, "SAME", source="typed").key


def test_a_scan_that_nobody_takes_expires(inbox: ScanInbox, clock: Clock) -> None:
    put(inbox, "LATE")
    clock.now += KEEP_SECONDS + 0.1
    assert inbox.take("one") is None


def test_a_scan_is_forgotten_when_the_customer_leaves(inbox: ScanInbox) -> None:
    put(inbox, "GONE")
    inbox.forget("one")
    assert inbox.take("one") is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("7F3K\r\n", "7F3K"),
        ("\x1b[2J7F\x003K\t", "[2J7F3K"),
        ("\x1d01094\x1d", "01094"),
        ("  a b ", "a b"),
        ("\ud8007F3K", "7F3K"),
        ("¿Ñandú?", "¿Ñandú?"),
    ],
)
def test_control_characters_are_dropped(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize("text", ["", "\r\n", "x" * 513, "x" * 10_000])
def test_a_text_that_is_empty_or_too_long_is_kept_as_unreadable_without_itself(
    inbox: ScanInbox, text: str
) -> None:
    put(inbox, text)
    taken = inbox.take("one")
    assert taken is not None
    assert (taken.readable, taken.text) == (False, "")


def test_a_text_of_the_greatest_length_is_readable(inbox: ScanInbox) -> None:
    assert put(inbox, "x" * 512).readable


def test_a_page_that_waits_gets_the_scan_that_comes(inbox: ScanInbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inbox.wait, "one", 30.0)
        put(inbox, "COMES")
        taken = waiting.result(30)
    assert taken is not None
    assert taken.text == "COMES"


def test_waiting_ends_when_nothing_comes(inbox: ScanInbox) -> None:
    assert inbox.wait("one", 0.01) is None


def test_of_many_pages_that_take_at_once_one_gets_the_scan(inbox: ScanInbox) -> None:
    inbox.put("one", "ONCE", UNKNOWN_SYMBOLOGY, "scanner")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: inbox.take("one"), range(64)))
    assert sum(scan is not None for scan in taken) == 1


def test_the_separator_of_gs1_stays_as_a_sign_that_can_be_seen() -> None:
    assert clean_text("2559521321000126\x1d91ABC\x00") == "2559521321000126\u241d91ABC"
