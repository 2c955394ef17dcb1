"""Every page is for a paired browser, and those of tablet and desk for staff, but for those listed."""

from typing import Any, cast

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule

from kiosk.app import create_app
from kiosk.devices import Devices
from kiosk.services import Services
from kiosk.sessions import _station_serializer
from kiosk.settings import Settings
from kiosk.stations.registry import Station, Stations

OPEN_TO_ALL = {
    "static": "style, script, type and pictures",
    "stations.desk": "the demo's first page; absent where there is no demo",
    "stations.demo_file": "the demo's vouchers; absent where there is no demo",
    "stations.pair": "where a browser gives its station's code",
    "policies.list_all": "the policies in force, for everybody",
    "policies.show_current": "a policy's public words",
    "policies.show_version": "a version's public words",
    "policies.show_changes": "what changed in a version",
    "coupons.show": "what a voucher is, whichever it may be",
    "phone.terms": "the policy's words behind a receipt's QR code",
}
OPEN_TO_THE_TABLET = {
    "tablet.sign_in": "where staff give their PIN",
    "tablet.change_language": "a language is no secret",
    "tablet.fault": "says that the service cannot be reached",
}
OPEN_TO_THE_DESK = {
    "region.sign_in": "where staff give their PIN",
    "region.change_language": "a language is no secret",
    "region.fault": "says that the service cannot be reached",
}
OPEN_TO_CARE = {
    "care.sign_in": "where agents give their PIN",
    "care.change_language": "a language is no secret",
    "care.fault": "says that the service cannot be reached",
}
OPEN_TO_PHONES = {
    "phone_visit.start": "where somebody gives a visit's code",
    "phone_visit.join": "where it is taken",
    "phone_visit.change_language": "a language is no secret",
    "phone_visit.fault": "says that the service cannot be reached",
    "phone_visit.ended": "says that the visit is over",
}
PAIRED = {
    "tablet": Station("tablet", "Tablet", "tablet", "device_none", "store"),
    "region": Station("desk", "Desk", "region", "device_none"),
    "care": Station("care-desk", "Desk", "care", "device_none"),
}


@pytest.fixture
def app() -> Flask:
    nothing: Any = None
    services = Services(
        Settings(secret_key="a secret of the tests only"),
        nothing,
        Stations(PAIRED.values()),
        {},
        cast(Devices, nothing),
    )
    made = create_app(services)
    made.config["WTF_CSRF_ENABLED"] = False  # it would refuse a stranger before the guard does
    return made


def let_in(app: Flask, but: set[str], *, paired: str = "", target: str) -> list[str]:
    """The endpoints that answer this browser with anything but the way to `target`."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in but or (paired and not rule.rule.startswith(f"/{paired}")):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if not _is_sent_to(app, rule, method, paired, target):
                found.append(f"{method} {rule.rule}")
    return found


def _is_sent_to(app: Flask, rule: Rule, method: str, paired: str, target: str) -> bool:
    client = app.test_client()
    if paired:
        with app.app_context():
            cookie = _station_serializer().dumps({"station": PAIRED[paired].name, "face": paired})
        client.set_cookie(f"station_{paired}", str(cookie))
    address = rule.rule
    for name in rule.arguments:
        address = (
            address.replace(f"<{name}>", "x").replace(f"<path:{name}>", "x").replace(f"<int:{name}>", "1")
        )
    answer = client.open(address, method=method)
    return answer.status_code in (302, 303) and answer.headers["Location"].split("?")[0].endswith(target)


def test_a_browser_without_a_station_is_sent_to_pair(app: Flask) -> None:
    assert len(app.view_functions) > 20
    phones = {name for name in app.view_functions if name.startswith("phone_visit.")}
    assert let_in(app, {*OPEN_TO_ALL, *phones}, target="/stations/pair") == []


def test_a_phone_that_is_in_no_visit_is_sent_to_join_one(app: Flask) -> None:
    others = {name for name in app.view_functions if not name.startswith("phone_visit.")}
    assert let_in(app, {*others, *OPEN_TO_PHONES}, target="/phone/") == []


def test_a_care_desk_without_an_agent_is_sent_to_sign_in(app: Flask) -> None:
    assert let_in(app, {*OPEN_TO_ALL, *OPEN_TO_CARE}, paired="care", target="/care/sign-in") == []


def test_a_tablet_without_staff_is_sent_to_sign_in(app: Flask) -> None:
    assert let_in(app, {*OPEN_TO_ALL, *OPEN_TO_THE_TABLET}, paired="tablet", target="/tablet/sign-in") == []


def test_a_desk_without_staff_is_sent_to_sign_in(app: Flask) -> None:
    assert let_in(app, {*OPEN_TO_ALL, *OPEN_TO_THE_DESK}, paired="region", target="/region/sign-in") == []


def test_what_is_listed_as_open_exists(app: Flask) -> None:
    listed = {*OPEN_TO_ALL, *OPEN_TO_THE_TABLET, *OPEN_TO_THE_DESK, *OPEN_TO_CARE, *OPEN_TO_PHONES}
    assert listed - set(app.view_functions) == set()


def test_a_page_without_a_guard_is_found(app: Flask) -> None:
    careless = Blueprint("careless", __name__, url_prefix="/counter/careless")
    careless.add_url_rule("/", "page", lambda: "everything")
    app.register_blueprint(careless)
    phones = {name for name in app.view_functions if name.startswith("phone_visit.")}
    assert let_in(app, {*OPEN_TO_ALL, *phones}, target="/stations/pair") == ["GET /counter/careless/"]
