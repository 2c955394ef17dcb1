"""What the customer asks about, the questions one a page, and the sheet that answers.

What it must not know: how a code is read or a person identified; how a credit is used.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.counter import current, flow, views
from kiosk.counter.amounts import most_of
from kiosk.counter.blueprint import counter
from kiosk.counter.offering import find_offer
from kiosk.counter.sharing import fact_for_owner, light_values
from kiosk.counter.together import proposal_for
from kiosk.htmx import go_to, show
from kiosk.rendering import current_language
from kiosk.services import current_station, services
from kiosk.steps import Step, can_be_reserved, has_open_question, step_of
from kiosk.words import say
from store_api.contract import Answers, Decision, DecisionRequest, FactValue, PriceList, Question, Visit


@counter.get("/after-identity")
def after_identity() -> AnyResponse:
    """Ask at once where there is only one thing to ask about; else let the customer choose."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    if visit.decision is not None:
        return go_to(flow.next_page(visit))
    request_ = _only_request(visit)
    if request_ is None:
        return go_to(url_for("counter.choices"))
    key = f"kiosk-first-{visit.visit_id}-{request_.voucher_id or request_.policy}"
    current.client().decide(request_, key)
    return go_to(url_for("counter.now"))


def _only_request(visit: Visit) -> DecisionRequest | None:
    """What to ask about where nothing has to be chosen: the voucher that was shown, or the only thing."""
    if visit.scanned_voucher_id is not None:
        return DecisionRequest(visit_id=visit.visit_id, voucher_id=visit.scanned_voucher_id)
    choices = current.client().choices(visit.visit_id)
    if choices.can_allow_lines or len(choices.vouchers) + len(choices.upgrades) != 1:
        return None
    if choices.vouchers:
        return DecisionRequest(visit_id=visit.visit_id, voucher_id=choices.vouchers[0].voucher_id)
    return DecisionRequest(visit_id=visit.visit_id, policy=choices.upgrades[0].policy)


@counter.get("/choices")
def choices() -> AnyResponse:
    """What there is to ask about on this line."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    language = current_language()
    page = render_template(
        "counter/choices.html",
        choices=current.client().choices(visit.visit_id),
        voucher_note=lambda voucher: views.voucher_note(language, voucher),
        voucher_pill=views.voucher_pill,
    )
    return Response(page)


@counter.post("/ask")
def ask() -> AnyResponse:
    """Ask about the voucher or the upgrade that was chosen."""
    visit = current.find_visit()
    if visit is None or visit.identity is None:
        return go_to(flow.next_page(visit))
    voucher, policy = request.form.get("voucher") or None, request.form.get("policy") or None
    if (voucher is None) == (policy is None):
        return go_to(url_for("counter.choices"))
    request_ = DecisionRequest(visit_id=visit.visit_id, voucher_id=voucher, policy=policy)
    current.client().decide(request_, current.attempt_key("ask", voucher, policy))
    return go_to(url_for("counter.now"))


# --- Questions ---------------------------------------------------------------------------------------


@counter.get("/questions")
def first_question() -> AnyResponse:
    """Go to the first question again, to change what was answered."""
    visit = current.find_visit()
    facts = flow.answered_facts(visit) if visit is not None else []
    return go_to(url_for("counter.question", fact=facts[0]) if facts else flow.next_page(visit))


@counter.get("/questions/<fact>")
def question(fact: str) -> AnyResponse:
    """One question on a page of its own. One that is not open, and cannot be shown, leads onward."""
    visit = current.find_visit()
    if visit is None or visit.decision is None or not _can_be_shown(visit, fact):
        return go_to(flow.next_page(visit))
    return _question_page(visit, visit.decision, fact)


def _can_be_shown(visit: Visit, fact: str) -> bool:
    if step_of(visit) in (Step.RESERVED, Step.USED):
        return False
    return fact in flow.open_facts(visit) or fact in (flow.DEVICE, flow.MONTHS)


def _question_page(
    visit: Visit, decision: Decision, fact: str, fault: str = "", typed: str = "", status: int = 200
) -> Response:
    language = current_language()
    asked = flow.find_question(decision, fact) or flow.find_question(decision, "order.device_price")
    answered, open_ = flow.answered_facts(visit), flow.open_facts(visit)
    place = answered.index(fact) if fact in answered else len(answered) + _index(open_, fact)
    everything = answered + [other for other in open_ if other not in answered]
    cards = _cards(language, visit, fact, asked)
    return show(
        "counter/question.html",
        "counter/_question.html",
        status,
        fact=fact,
        heading=_heading(language, fact, asked),
        number=place + 1,
        count=max(len(everything), place + 1),
        before=everything[place - 1] if 0 < place <= len(everything) else None,
        before_is_shown=0 < place <= len(everything) and everything[place - 1] in (flow.DEVICE, flow.MONTHS),
        lead=say(language, "question.device.before_tax") if fact == flow.DEVICE else "",
        is_short_list=fact != flow.DEVICE,
        cards=cards,
        asks_for_text=not cards,
        question_type=asked.type if asked else "text",
        unit_label=views.unit_label(language, asked) if asked else "",
        input_mode=views.input_mode(asked) if asked else "text",
        faults=[("value" if not cards else "", say(language, fault))] if fault else [],
        typed=typed,
    )


def _index(facts: list[str], fact: str) -> int:
    return facts.index(fact) if fact in facts else 0


def _heading(language: str, fact: str, asked: Question | None) -> str:
    if fact == flow.DEVICE:
        return say(language, "question.device")
    if asked is not None and asked.fact == fact:
        return asked.ask[language]
    return say(language, "question.months")


def _cards(language: str, visit: Visit, fact: str, asked: Question | None) -> list[views.Card]:
    if fact == flow.DEVICE:
        return views.device_cards(language, _prices(), flow.said_device(visit))
    if fact == flow.MONTHS:
        months = visit.order.agreement_months if visit.order else None
        return views.month_cards(language, _prices(), months)
    return views.option_cards(language, asked) if asked is not None else []


def _prices() -> PriceList:
    return current.client().price_list()


@counter.post("/questions/<fact>")
def answer(fact: str) -> AnyResponse:
    """Take an answer, decide again with it, and go to what comes next."""
    visit = current.find_visit()
    if visit is None or visit.decision is None or not _can_be_shown(visit, fact):
        return go_to(flow.next_page(visit))
    value = request.form.get("value", "")
    answers = _read_answer(visit.decision, fact, value)
    if answers is None:
        has_cards = bool(_cards(current_language(), visit, fact, flow.find_question(visit.decision, fact)))
        fault = "question.choose_one" if has_cards else "question.not_understood"
        return _question_page(visit, visit.decision, fact, fault, value[:60], 422)
    return _decide_again(visit, visit.decision, answers, fact, value)


def _decide_again(visit: Visit, decision: Decision, answers: Answers, *parts: str) -> AnyResponse:
    current.client().answer(visit.visit_id, answers, current.attempt_key("answer", *parts))
    request_ = DecisionRequest(
        visit_id=visit.visit_id,
        voucher_id=decision.voucher_id,
        policy=None if decision.voucher_id else decision.policy,
    )
    decided = current.client().decide(request_, current.attempt_key("decide", *parts))
    if decided.codes == (OWNER_MISSING,):
        fact = fact_for_owner(current.client().circle(visit.visit_id))
        if fact is not None:
            return go_to(url_for("counter.question", fact=fact))
    return go_to(url_for("counter.now"))


@counter.post("/take-back")
def take_back() -> AnyResponse:
    """Take an answer back, so that its question is asked again."""
    visit = current.find_visit()
    fact = request.form.get("fact", "")
    if visit is None or visit.decision is None or fact not in flow.answered_facts(visit):
        return go_to(flow.next_page(visit))
    answers = Answers(sku=None) if fact == flow.DEVICE else Answers(facts={fact: None})
    return _decide_again(visit, visit.decision, answers, "take back", fact)


def _read_answer(decision: Decision, fact: str, value: str) -> Answers | None:
    """The answer as the service takes it; None for one that cannot be meant."""
    if fact == flow.DEVICE:
        known = {device.sku for device in _prices().devices} | {views.NO_DEVICE}
        return Answers(sku=value) if value in known else None
    if fact == flow.MONTHS:
        lengths = {str(count) for count in _prices().agreement_months}
        return Answers(facts={fact: int(value)}) if value in lengths else None
    asked = flow.find_question(decision, fact)
    if asked is None:
        return None
    read = _read_value(asked, value.strip())
    return None if read is None else Answers(facts={fact: read})


def _read_value(asked: Question, value: str) -> FactValue:
    options = {option.value for option in asked.options}
    if asked.type == "boolean":
        return {"true": True, "false": False}.get(value)
    if options:
        if value not in options:
            return None
        return [value] if asked.type == "set" else value
    if asked.type == "integer":
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
    if asked.type in ("money", "percent"):
        return _read_amount(asked, value)
    if asked.type == "date":
        return _read_date(value)
    return value or None


def _read_amount(asked: Question, value: str) -> str | None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0 or amount > 1_000_000:
        return None
    if asked.type == "percent":
        return str(amount) if amount <= 100 else None
    prices = _prices()
    currency = prices.devices[0].price.currency if prices.devices else "USD"
    return f"{amount:.2f} {currency}"


def _read_date(value: str) -> str | None:
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        return None


# --- The sheet ---------------------------------------------------------------------------------------


OWNER_MISSING = "consent.missing"
NOTICES = frozenset({"sheet.changed", "sheet.not_reserved", "sheet.not_done"})


@counter.get("/sheet")
def sheet() -> AnyResponse:
    """The answer. While it is reserved or after it was used, the same sheet may be read again."""
    visit = current.find_visit()
    if visit is None or visit.decision is None or has_open_question(visit):
        return go_to(flow.next_page(visit))
    notice = request.args.get("notice", "")
    circle = current.client().circle(visit.visit_id)
    page = render_template(
        "counter/sheet.html",
        visit=visit,
        sheet=visit.decision.sheets[current_language()],
        follows=(visit.decision.terms_code, step_of(visit).value),
        **light_values(circle),
        first_for_owner=fact_for_owner(circle),
        notice=notice if notice in NOTICES else None,
        can_reserve=can_be_reserved(visit) and step_of(visit) is Step.ANSWERED,
        most=most_of(visit),
        combination=proposal_for(visit),
        shows_staff=visit.decision.outcome == "eligible" and visit.decision.voucher_id is None,
        is_settled=step_of(visit) in (Step.RESERVED, Step.USED),
        has_answers=bool(flow.answered_facts(visit)) and step_of(visit) is Step.ANSWERED,
        has_printer=services().devices.has_printer(current_station("counter").name),
        offer=find_offer(visit),
        asks_again=any(each.reason in ("unreachable", "too_old") for each in visit.decision.unavailable),
        is_over=visit.decision.outcome == "not_eligible",
    )
    return Response(page)
