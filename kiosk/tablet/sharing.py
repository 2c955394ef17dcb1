"""The tablet among other faces: the light, beginning a visit, letting others in, asking the account's owner.

What it must not know: how the light is made, who may answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from kiosk.errors import StoreRefused
from kiosk.htmx import go_to
from kiosk.rendering import current_language
from kiosk.services import services
from kiosk.sessions import seal, unseal
from kiosk.tablet.blueprint import attempt_key, client, tablet
from store_api.contract import Visit

OVER = "ask.nothing_to_ask"
FACES = ("phone", "kiosk")


@dataclass(frozen=True)
class Invitation:
    """A code that this tablet shows for a visit: for a phone, with the link, or for a kiosk."""

    face: str
    code: str
    link: str
    address: str


def sharing_values(visit: Visit, shown: str | None = None) -> dict[str, object]:
    """What the light's fragment needs, and the code that others may join by."""
    address = url_for("tablet.light", visit_id=visit.visit_id)
    circle = client().circle(visit.visit_id)
    return {
        "circle": circle,
        "shown": shown,
        "light_address": address,
        "invitation": _invitation(visit.visit_id),
        "stands_at_kiosk": services().stations.find(visit.station, "counter") is not None,
    }


@tablet.route("/visits/<visit_id>/light", methods=["GET", "POST"])
def light(visit_id: str) -> AnyResponse:
    """Who sees the sheet; a POST says what this page has drawn."""
    code = request.form.get("terms_code") or None
    try:
        found = client().report(visit_id, code) if request.method == "POST" else client().circle(visit_id)
    except StoreRefused as refused:
        if refused.problem.status == 401:
            raise
        return Response(status=204)
    address = url_for("tablet.light", visit_id=visit_id)
    return Response(render_template("shared/_light.html", circle=found, shown=code, light_address=address))


@tablet.post("/visits")
def begin_visit() -> AnyResponse:
    """Begin a visit for a customer who stands at the counter."""
    opened = client().open_visit(current_language(), attempt_key("begin", ""))
    return go_to(url_for("tablet.visit", visit_id=opened.visit_id))


@tablet.post("/visits/<visit_id>/invite")
def invite(visit_id: str) -> AnyResponse:
    """Make a code by which a phone or a kiosk joins this visit."""
    face = request.form.get("face", "phone")
    if face in FACES:
        made = client().make_join_code(visit_id, face)
        session["join"] = [visit_id, face, seal(made.code)]
    return go_to(url_for("tablet.visit", visit_id=visit_id))


@tablet.post("/visits/<visit_id>/ask-owner")
def ask_owner(visit_id: str) -> AnyResponse:
    """Ask the account's owner about the customer's sheet."""
    found = client().visit(visit_id)
    if found.decision is not None:
        try:
            client().ask_owner(visit_id, attempt_key("owner", found.decision.decision_id))
        except StoreRefused as refused:
            if refused.code != OVER:
                raise
            return go_to(url_for("tablet.visit", visit_id=visit_id))
        made = client().make_join_code(visit_id, "phone")
        session["join"] = [visit_id, "phone", seal(made.code)]
    return go_to(url_for("tablet.visit", visit_id=visit_id))


def _invitation(visit_id: str) -> Invitation | None:
    """The code that was made last on this tablet, if it is for this visit."""
    kept = session.get("join")
    if not isinstance(kept, list) or len(kept) != 3 or kept[0] != visit_id:
        return None
    code = unseal(str(kept[2]))
    if code is None:
        return None
    address = f"{services().settings.public_url}/phone/"
    return Invitation(str(kept[1]), code, f"{address}#{code.replace('-', '')}", address)
