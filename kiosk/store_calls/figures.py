"""Service figures, what came before a visit, and a visit's own time."""

from __future__ import annotations

import datetime as dt

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class FigureCalls(Sender):
    """Service figures, what came before a visit, and a visit's own time."""

    def service_figures(
        self, since: dt.date | None = None, until: dt.date | None = None
    ) -> wire.ServiceFigures:
        """The figures of some days, by store."""
        given = {"since": since, "until": until}
        query = "&".join(f"{name}={value.isoformat()}" for name, value in given.items() if value is not None)
        return self.read(f"/v1/service-figures?{query}", wire.ServiceFigures)

    def visit_context(self, visit_id: str) -> wire.VisitContext:
        """What a rep may know from before a visit."""
        return self.read(f"/v1/contexts/{part(visit_id)}", wire.VisitContext)

    def set_phase(self, visit_id: str, phase: str, key: str) -> wire.Visit:
        """Note what the customer waits for."""
        body = wire.VisitPhase.model_validate({"phase": phase})
        return self.write("PUT", f"/v1/visits/{part(visit_id)}/phase", body, key, wire.Visit)

    def rate_visit(self, visit_id: str, rating: int, key: str) -> wire.Visit:
        """Tell how the customer found it."""
        body = wire.VisitRating(rating=rating)
        return self.write("PUT", f"/v1/visits/{part(visit_id)}/rating", body, key, wire.Visit)
