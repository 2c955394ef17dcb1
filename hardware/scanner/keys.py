"""What the keys of /dev/input are, on a keyboard with the American layout that hand scanners imitate.

What it must not know: devices and scans. The numbers are those of linux/input-event-codes.h.
"""

from __future__ import annotations

LEFT_SHIFT, RIGHT_SHIFT = 42, 54
SHIFTS = (LEFT_SHIFT, RIGHT_SHIFT)

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
PLAIN: dict[int, str] = {15: "\t", 28: "\n", 57: " ", 96: "\n"}
SHIFTED: dict[int, str] = {15: "\t", 28: "\n", 57: " ", 96: "\n"}
for _first, _plain, _shifted in _ROWS:
    PLAIN.update({_first + offset: letter for offset, letter in enumerate(_plain)})
    SHIFTED.update({_first + offset: letter for offset, letter in enumerate(_shifted)})

_KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0", 74: "-"}
PLAIN.update(_KEYPAD)
SHIFTED.update(_KEYPAD)
