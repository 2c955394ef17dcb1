"""The lines of a receipt as blocks that know their height and how to draw themselves.

What it must not know: pages; which block stands where is decided in `pdf`. A block draws each text whole
and before its mark, so that the text of the document is in the order of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from kiosk.receipts.compose import (
    BESIDES,
    COPY_MARK,
    PROOF,
    TERMS_PICTURE,
    TILL,
    OtherUse,
    Receipt,
    ReceiptLine,
)
from kiosk.receipts.fonts import (
    BOLD,
    BOLD_FIGURES,
    REGULAR,
    REGULAR_FIGURES,
    SEMIBOLD,
    width_of,
    wrap,
)
from kiosk.receipts.look import MM, STATUS_SIGNS, TONE_SIGNS, Look
from kiosk.receipts.marks import draw_code_128, draw_qr, draw_sign, quiet_zone
from kiosk.receipts.tagged import Role, ornament, tagged

PROOF_SIDE = 25 * MM * 49 / 41
"""A version 6 code of 41 modules is 25 mm wide; four modules stand white on each side."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page. `draw` gets the canvas, the left edge and the height of its upper edge.

    `glued`: no page break before it; `holds`: none after it.
    """

    height: float
    draw: Callable[[Canvas, float, float], None]
    glued: bool = False
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How one line of text is set within a block."""

    font: str
    size: float
    ink: Color
    indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    mark_font: str = SEMIBOLD
    mark_ink: Color | None = None
    sign: tuple[str, Color] | None = None
    centred: bool = False
    leading: float = 1.27
    role: Role = "P"


def blocks_of(receipt: Receipt, look: Look) -> list[Block]:
    """All blocks of a receipt from its head to its foot, in order."""
    made = _head(receipt, look)
    lines = list(receipt.lines)
    while lines:
        made.append(_next_block(receipt, look, lines))
    if receipt.terms_url and not any(line.kind == "code" for line in receipt.lines):
        made.append(_code(receipt, look, [], []))
    beside = receipt.proof is not None and receipt.till_code is None and not look.centred
    if not beside:
        made += [_foot_line(text, look, first=index == 0) for index, text in enumerate(receipt.foot)]
    if receipt.till_code:
        made.append(_till_code(receipt.till_code, TILL[receipt.language], look))
    if receipt.proof:
        made.append(_proof(receipt.proof, PROOF[receipt.language], look, receipt.foot if beside else ()))
    for other in receipt.others:
        made += _other_use(other, receipt, look)
    return made


def _other_use(other: OtherUse, receipt: Receipt, look: Look) -> Iterator[Block]:
    """Another voucher of the order: what it is, its words, its signed line."""
    label = Setting(REGULAR, look.small, look.muted, before=look.body * 0.4)
    yield replace(_ruled(set_line(BESIDES[receipt.language], None, look.width, label), look), holds=True)
    title = Setting(BOLD, look.heading, look.ink, after=look.body * 0.35, mark_font=BOLD_FIGURES, role="H2")
    yield replace(set_line(other.title, other.amount, look.width, title), holds=True)
    section, lines = replace(receipt, lines=other.lines), list(other.lines)
    while lines:
        yield _next_block(section, look, lines)
    if other.proof:
        yield _proof(other.proof, PROOF[receipt.language], look, ())


def _next_block(receipt: Receipt, look: Look, lines: list[ReceiptLine]) -> Block:
    """Take one line, or several that stand together, off the front of `lines`."""
    line = lines.pop(0)
    if line.kind == "verdict":
        return _verdict(receipt, look, [line, *_taken(lines, "note")])
    if line.kind == "code":
        return _code(receipt, look, [line], _taken(lines, "reason"))
    if line.kind == "heading":
        return _heading(line, look, ruled=look.centred or not _stands_below_verdict(receipt, len(lines)))
    if line.kind == "total":
        return _total(line, look)
    block = set_line(line.text, line.mark, look.width, _setting(line, look), glued=_is_glued(line))
    return replace(block, holds=line.kind == "group")


def _taken(lines: list[ReceiptLine], kind: str) -> list[ReceiptLine]:
    taken = []
    while lines and lines[0].kind == kind:
        taken.append(lines.pop(0))
    return taken


def _is_glued(line: ReceiptLine) -> bool:
    return line.kind in ("detail", "way", "total", "after", "reason")


def set_line(text: str, mark: str | None, width: float, how: Setting, glued: bool = False) -> Block:
    """A text with its mark at the right-hand end of its first line, or below where it is too long."""
    room = width - how.indent
    mark_width = width_of(mark, how.mark_font, how.size) + how.size if mark else 0.0
    beside = mark_width <= room * 0.45
    rows = wrap(text, how.font, how.size, room, mark_width if beside else 0.0)
    step = how.size * how.leading
    count = len(rows) + (1 if mark and not beside else 0)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        base = top - how.before - how.size * 0.98
        if how.sign:
            draw_sign(canvas, how.sign[0], left, base + how.size * 0.33, how.size * 1.16, how.sign[1])
        with tagged(canvas, how.role):
            _draw_rows(canvas, rows, left + how.indent, base, room, how)
            if mark:
                canvas.setFont(how.mark_font, how.size)
                canvas.setFillColor(how.mark_ink or how.ink)
                canvas.drawRightString(left + width, base if beside else base - step * len(rows), mark)

    return Block(how.before + count * step + how.after, draw, glued)


def _draw_rows(
    canvas: Canvas, rows: Sequence[str], left: float, base: float, room: float, how: Setting
) -> None:
    canvas.setFont(how.font, how.size)
    canvas.setFillColor(how.ink)
    for number, row in enumerate(rows):
        height = base - number * how.size * how.leading
        if how.centred:
            canvas.drawCentredString(left + room / 2, height, row)
        else:
            canvas.drawString(left, height, row)


def _setting(line: ReceiptLine, look: Look) -> Setting:
    """How each kind of line is set; a kind that is new to us is set as plain text, never left out."""
    size, gap = look.body, look.body * 1.75
    amount = Setting(REGULAR, size, look.ink, 0, 0, size * 0.2, REGULAR_FIGURES)
    sign = _sign_of(line, look)
    colour = sign[1] if sign else look.ink
    settings = {
        "term": Setting(SEMIBOLD, size, look.ink, gap, size * 0.45, mark_ink=colour, sign=sign),
        "detail": Setting(REGULAR, look.small, look.muted, gap, 0, size * 0.1),
        "way": Setting(SEMIBOLD, look.small, look.tones["not_yet"][0], gap, size * 0.1, size * 0.15),
        "group": Setting(BOLD, size, look.ink, 0, size * 0.6, size * 0.1),
        "free": Setting(REGULAR, size, look.ink, gap, 0, size * 0.16, REGULAR, look.muted, sign),
        "agrees": Setting(REGULAR, size, look.ink, gap, 0, size * 0.2, sign=("dot", look.muted)),
        "use": Setting(REGULAR, size, look.ink, gap, 0, size * 0.2, sign=("dot", look.muted)),
        "question": Setting(SEMIBOLD, size, look.ink, gap, size * 0.3, size * 0.2, sign=sign),
        "item": amount,
        "credit": amount,
        "after": replace(amount, ink=look.muted),
        "reason": Setting(REGULAR, look.small, look.muted, centred=look.centred),
    }
    return settings.get(line.kind, Setting(REGULAR, size, look.ink, 0, 0, size * 0.2))


def _sign_of(line: ReceiptLine, look: Look) -> tuple[str, Color] | None:
    if line.kind == "question":
        return "question", look.tones["question"][0]
    if line.kind == "free":
        return "dash", look.muted
    name, tone = STATUS_SIGNS.get(line.status or "", ("dash", ""))
    return name, look.tones[tone][0] if tone else look.muted


# --- Blocks with a shape of their own -------------------------------------------------------------


def _head(receipt: Receipt, look: Look) -> list[Block]:
    name, *rest = receipt.head
    top = Setting(BOLD, look.heading, look.brand, after=look.body * 0.1, centred=look.centred)
    below = Setting(REGULAR, look.small, look.muted, centred=look.centred)
    made = [set_line(name, None, look.width, top)]
    made += [set_line(text, None, look.width, below, glued=True) for text in rest]
    if receipt.copy:
        made.append(_copy_mark(COPY_MARK[receipt.language], look))
    return [*made, Block(look.body * 0.9, _nothing, glued=True)]


def _copy_mark(word: str, look: Look) -> Block:
    """The word in a box: in the middle of a roll, at the right of a page's head."""
    size = look.heading
    width = width_of(word, BOLD, size) + size * 2
    height = size * 1.7

    def draw(canvas: Canvas, left: float, top: float) -> None:
        x = left + (look.width - width) * (0.5 if look.centred else 1)
        floor = top - height - size * 0.5 if look.centred else top + size * 0.2
        canvas.setStrokeColor(look.ink)
        canvas.setLineWidth(1.4)
        with ornament(canvas):
            canvas.roundRect(x, floor, width, height, 3, stroke=1, fill=0)
        canvas.setFont(BOLD, size)
        canvas.setFillColor(look.ink)
        with tagged(canvas, "P"):
            canvas.drawCentredString(x + width / 2, floor + size * 0.52, word)

    return Block(height + size * 0.6 if look.centred else 0, draw, glued=True)


def _verdict(receipt: Receipt, look: Look, lines: Sequence[ReceiptLine]) -> Block:
    """The verdict and its notes on the tone's wash, with the tone's sign."""
    ink, wash = look.tones.get(receipt.tone, (look.ink, None))
    pad = look.body * (1.3 if wash else 0.7)
    sign_size = look.verdict * 1.25
    indent = 0.0 if look.centred else sign_size + look.body * 0.9
    room = look.width - 2 * (pad if wash else 0)
    large = Setting(BOLD, look.verdict, ink if wash else look.ink, indent, leading=1.18, centred=look.centred)
    large = replace(large, role="H1")
    note = Setting(REGULAR, look.body, look.ink, indent, look.body * 0.35, centred=look.centred)
    rows = [set_line(line.text, line.mark, room, large if line.kind == "verdict" else note) for line in lines]
    above = sign_size + look.body * 0.5 if look.centred else 0.0
    height = above + sum(row.height for row in rows) + pad * 1.7
    sign = TONE_SIGNS.get(receipt.tone, "question")

    def draw(canvas: Canvas, left: float, top: float) -> None:
        if wash:
            canvas.setFillColor(wash)
            with ornament(canvas):
                canvas.roundRect(left, top - height, look.width, height, look.body * 0.7, stroke=0, fill=1)
        inner, y = left + (pad if wash else 0), top - pad
        x = left + (look.width - sign_size) / 2 if look.centred else inner
        middle = y - sign_size / 2 if look.centred else y - look.verdict * 0.62
        draw_sign(canvas, sign, x, middle, sign_size, ink)
        _draw_stack(canvas, rows, inner, y - above)

    if not wash:
        return _ruled(Block(height, draw), look)
    return Block(height + look.body * 0.6, draw)


def _stands_below_verdict(receipt: Receipt, left_over: int) -> bool:
    """Whether only the verdict and its notes stand above the line before the last `left_over` ones."""
    above = receipt.lines[: len(receipt.lines) - left_over - 1]
    return all(line.kind in ("verdict", "note") for line in above)


def _heading(line: ReceiptLine, look: Look, ruled: bool) -> Block:
    how = Setting(BOLD, look.heading, look.brand, 0, look.body * 0.7, look.body * 0.35, role="H2")
    block = replace(set_line(line.text, line.mark, look.width, how), holds=True)
    return _ruled(block, look) if ruled else block


def _total(line: ReceiptLine, look: Look) -> Block:
    """The sum, below a rule as wide as its amount."""
    how = Setting(BOLD, look.body * 1.12, look.ink, 0, look.body * 0.4, look.body * 0.25, BOLD_FIGURES)
    block = set_line(line.text, line.mark, look.width, how)
    width = max(width_of(line.mark or "", BOLD_FIGURES, how.size), look.body * 4)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        block.draw(canvas, left, top)
        canvas.setStrokeColor(look.ink)
        canvas.setLineWidth(0.8)
        with ornament(canvas):
            canvas.line(left + look.width - width, top - 2, left + look.width, top - 2)

    return Block(block.height, draw, glued=True)


def _ruled(block: Block, look: Look) -> Block:
    """The block below a thin rule over the whole width."""
    gap = look.body * 0.7

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setStrokeColor(look.rule)
        canvas.setLineWidth(0.8)
        with ornament(canvas):
            canvas.line(left, top - gap, left + look.width, top - gap)
        block.draw(canvas, left, top - gap)

    return replace(block, height=block.height + gap, draw=draw)


def _code(
    receipt: Receipt, look: Look, codes: Sequence[ReceiptLine], reasons: Sequence[ReceiptLine]
) -> Block:
    """The terms code, its QR code, and why this version of the policy."""
    side = look.qr_side if receipt.terms_url else 0.0
    room = look.width if look.centred else look.width - side - look.body
    large = Setting(BOLD, look.heading, look.ink, 0, look.body * 0.6, centred=look.centred)
    small = Setting(REGULAR, look.small, look.muted, 0, look.body * 0.3, centred=look.centred)
    above = [set_line(_joined(line), None, room, large) for line in codes]
    below = [set_line(_joined(line), None, room, small) for line in reasons]
    text_height = sum(row.height for row in (*above, *below))
    height = text_height + side if look.centred else max(text_height + look.body * 0.6, side)
    # On a page the quiet zone stands in the margin, so that the dark edge is flush with the text's.
    quiet = quiet_zone(receipt.terms_url or "", side)
    words = TERMS_PICTURE[receipt.language].format(address=receipt.terms_url)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        y = _draw_stack(canvas, above, left, top)
        if receipt.terms_url and look.centred:
            draw_qr(canvas, receipt.terms_url, left + (look.width - side) / 2, y, side, words)
            y -= side
        elif receipt.terms_url:
            draw_qr(canvas, receipt.terms_url, left + look.width - side + quiet, top, side, words)
        _draw_stack(canvas, below, left, y)

    return _ruled(Block(height, draw), look)


def _till_code(code: str, label: str, look: Look) -> Block:
    """The bar code for the till, between what it is for and its characters for a hand that types them."""
    head = Setting(BOLD, look.body, look.ink, before=look.body * 0.5, centred=look.centred)
    above = set_line(label, None, look.width, head)
    below = set_line(code, None, look.width, Setting(REGULAR, look.small, look.ink, centred=look.centred))
    bars, gap = look.body * 3.6, look.body * 0.5

    def draw(canvas: Canvas, left: float, top: float) -> None:
        above.draw(canvas, left, top)
        width = min(look.width, look.qr_side * 2)
        # On a page the white of ten modules before the bars stands in the margin.
        quiet = width * 10 / (11 * len(code) + 55)
        start = left + (look.width - width) / 2 if look.centred else left - quiet
        draw_code_128(canvas, code, start, top - above.height - gap, width, bars, f"{label}: {code}")
        below.draw(canvas, left, top - above.height - bars - 2 * gap)

    return _ruled(Block(above.height + bars + 2 * gap + below.height, draw), look)


def _proof(line: str, words: str, look: Look, foot: Sequence[str]) -> Block:
    """The signed line of a redemption as a QR code of 25 mm without its quiet zone: below its words on a
    roll; on a page at the right of them, and of the foot where that is given."""
    side = PROOF_SIDE
    room = look.width if look.centred else look.width - side - look.body
    how = Setting(REGULAR, look.small, look.muted, 0, look.body * 0.2, centred=look.centred)
    rows = [set_line(text, None, room, how) for text in (*foot, words)]
    height = sum(row.height for row in rows)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        below = _draw_stack(canvas, rows, left, top)
        if look.centred:
            draw_qr(canvas, line, left + (look.width - side) / 2, below, side, words)
        else:
            draw_qr(canvas, line, left + look.width - side + quiet_zone(line, side), top, side, words)

    block = Block(height + side if look.centred else max(height, side), draw, glued=True)
    return _ruled(block, look) if foot else block


def _joined(line: ReceiptLine) -> str:
    return f"{line.text} {line.mark}" if line.mark else line.text


def _draw_stack(canvas: Canvas, rows: Sequence[Block], left: float, top: float) -> float:
    for row in rows:
        row.draw(canvas, left, top)
        top -= row.height
    return top


def _foot_line(text: str, look: Look, first: bool) -> Block:
    how = Setting(REGULAR, look.small, look.muted, 0, look.body * 0.2, centred=look.centred)
    block = set_line(text, None, look.width, how, glued=not first)
    return _ruled(block, look) if first else block


def _nothing(canvas: Canvas, left: float, top: float) -> None:
    return None
