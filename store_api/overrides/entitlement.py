"""Who may answer a request to waive terms, and why somebody may not: one cause, one code.

What it is for: a pure answer from what is known of the request and of whoever would answer it, the same for
the page before and for the answer itself.
What it must not know: the database, PINs, Flask, the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from store_api.contract import OverrideRefusal, WaiverRole, Words
from store_api.policy.model import Waivable
from store_api.policy.values import Money

ROLES: Mapping[str, WaiverRole] = {
    "rep": "rep",
    "manager": "store_manager",
    "region": "region_manager",
    "care": "care",
}
"""How policies name the roles of staff."""
OF_A_STORE = frozenset({"rep", "manager"})

SAYS: Mapping[str, Words] = {
    "identity.wrong": {
        "en": "That is not the PIN. Nothing was decided. Try again.",
        "es": "Ese no es el PIN. No se decidió nada. Inténtelo de nuevo.",
    },
    "identity.locked": {
        "en": "This PIN is closed for now after too many wrong ones. Nothing was decided.",
        "es": "Este PIN está cerrado por ahora tras demasiados intentos. No se decidió nada.",
    },
    "override.own_request": {
        "en": "Who asks does not approve. Somebody else has to answer.",
        "es": "Quien pide no aprueba. Tiene que responder otra persona.",
    },
    "override.not_entitled": {
        "en": "The policy does not let you waive this. Nothing was decided.",
        "es": "La política no le permite dispensar esto. No se decidió nada.",
    },
    "override.took_part": {
        "en": "You took part in this visit. Somebody who did not has to answer.",
        "es": "Usted participó en esta visita. Tiene que responder alguien que no participó.",
    },
    "override.circle": {
        "en": "Whoever asks here has lately approved a request of yours, or of somebody who approves yours. "
        "Somebody outside of that circle has to answer.",
        "es": "Quien pide aquí aprobó hace poco una solicitud de usted, o de alguien que aprueba las suyas. "
        "Tiene que responder alguien fuera de ese círculo.",
    },
    "override.over": {
        "en": "This request was answered before, or its time is over. Ask again if it is still wanted.",
        "es": "Esta solicitud ya se respondió o se acabó su tiempo. Pida de nuevo si aún hace falta.",
    },
    "override.changed": {
        "en": "What is asked for is not what was shown. Nothing was decided. Ask again.",
        "es": "Lo que se pide no es lo que se mostró. No se decidió nada. Pida de nuevo.",
    },
    "override.limit_of_case": {
        "en": "No more exceptions for this account today. Nothing was decided.",
        "es": "No hay más excepciones hoy para esta cuenta. No se decidió nada.",
    },
    "override.limit_of_approver": {
        "en": "You have reached your limit of exceptions for today. Nothing was decided.",
        "es": "Usted llegó a su límite de excepciones de hoy. No se decidió nada.",
    },
    "override.not_your_device": {
        "en": "Approvals are given on one's own device here. Nothing was decided.",
        "es": "Aquí se aprueba en el dispositivo propio. No se decidió nada.",
    },
}
"""Why an answer does not count, by code."""


@dataclass(frozen=True)
class Request:
    """What of a request decides who may answer it."""

    asked_by: str
    store_id: str
    roles: frozenset[str]
    is_open: bool


@dataclass(frozen=True)
class Approver:
    """Whoever would answer, and what is known of them.

    `role` is their role as staff. `took_part` in the visit; `approved` are the pairs (approver, asker) of
    those approvals among which circles are looked for; `may_approve` and `may_here` are the permissions.
    """

    staff_id: str
    role: str
    store_id: str | None
    took_part: bool
    approved: frozenset[tuple[str, str]]
    may_approve: bool = True
    may_here: bool = True


def roles_for(
    terms: Iterable[str], waivable: Iterable[Waivable], whole: Money | None, *, has_amount: bool
) -> tuple[WaiverRole, ...]:
    """The roles that a policy lets waive all of these terms, in the order of ROLES.

    `whole` is the whole benefit that would be released; where a benefit has an amount that is not known yet,
    a limit cannot be kept, and nobody may.
    """
    allowed: set[WaiverRole] = set(ROLES.values())
    listed = tuple(waivable)
    for term in terms:
        allowed &= {one.by for one in listed if one.term == term and _is_within(one, whole, has_amount)}
    return tuple(role for role in ROLES.values() if role in allowed)


def hindrance(request: Request, approver: Approver) -> OverrideRefusal | None:
    """Why somebody may not answer a request; None where they may."""
    if approver.staff_id == request.asked_by:
        return "override.own_request"
    if not _is_entitled(request, approver):
        return "override.not_entitled"
    if not approver.may_here:
        return "override.not_your_device"
    if approver.took_part:
        return "override.took_part"
    if closes_circle(request.asked_by, approver.staff_id, approver.approved):
        return "override.circle"
    return None if request.is_open else "override.over"


def closes_circle(asker: str, approver: str, approved: frozenset[tuple[str, str]]) -> bool:
    """Whether the asker has approved for the approver, straight or through others."""
    reached, ahead = {asker}, [asker]
    while ahead:
        here = ahead.pop()
        found = {there for who, there in approved if who == here} - reached
        reached |= found
        ahead.extend(found)
    return approver in reached


def _is_entitled(request: Request, approver: Approver) -> bool:
    if ROLES.get(approver.role) not in request.roles or not approver.may_approve:
        return False
    return approver.role not in OF_A_STORE or approver.store_id == request.store_id


def _is_within(one: Waivable, whole: Money | None, has_amount: bool) -> bool:
    if one.up_to is None or not has_amount:
        return True
    return whole is not None and whole.currency == one.up_to.currency and whole.amount <= one.up_to.amount
