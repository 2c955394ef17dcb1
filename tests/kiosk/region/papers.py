"""Values of publication as the desk's tests need them: one policy, and a draft of its next version."""

from __future__ import annotations

import datetime as dt
from typing import Any

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.factories import NOW, words

POLICY = "upgrade-credit-50"
DIGEST = "sha256:" + "a1" * 32
SHOWN = "sha256:" + "b2" * 32
COMPARED = "sha256:" + "c3" * 32
TITLE = factories.POLICY.title

TEXT = """\
format: 1
policy: upgrade-credit-50
version: 4
title: {en: "$50 upgrade credit", es: "Crédito de $50 para cambiar de teléfono"}
effective: {from: 2027-01-01}
binds: voucher.issued_on
benefit:
  kind: instant_credit
  amount: 50.00 USD
requires:
  all:
    - term: new-phone
      says: {en: "Buy a new phone on this line.", es: "Compre un teléfono nuevo en esta línea."}
      fact: order.device_category
      is: phone
    - term: since-last-upgrade
      says: {en: "At least {bound} since the last upgrade.", es: "Al menos {bound} desde el último cambio."}
      fact: line.last_upgrade_on
      at_least_ago: {months: 20}
"""


def entry(version: int = 3, state: str = "in_force", **changes: Any) -> wire.VersionEntry:
    """One version of the credit."""
    values: dict[str, Any] = {
        "policy": POLICY,
        "version": version,
        "title": TITLE,
        "state": state,
        "effective_from": dt.date(2026, 3, 1),
        "effective_until": None,
        "ends_on": None,
        "superseded_by": None,
        "binds_to_issue": True,
        "digest": DIGEST,
        "approved_at": NOW - dt.timedelta(days=260),
        "author": "Ines",
        "approver": "Ruth",
        "stopped_at": None,
        "stop": None,
    }
    return wire.VersionEntry(**{**values, **changes})


def stop(**changes: Any) -> wire.StopState:
    """A stop that Ruth asked for and nobody has confirmed."""
    values: dict[str, Any] = {
        "stop_id": "stp_1",
        "asked_at": NOW,
        "asked_by": "Ruth",
        "reason": "The amount is wrong in the Spanish sentence.",
        "confirmed_at": None,
        "confirmed_by": None,
    }
    return wire.StopState(**{**values, **changes})


def version_list(*versions: wire.VersionEntry) -> wire.VersionList:
    """The credit's versions, the newest first."""
    return wire.VersionList(policy=POLICY, title=TITLE, versions=versions or (entry(),))


TERMS = {
    "new-phone": (
        words("Buy a new phone on this line.", "Compre un teléfono nuevo en esta línea."),
        words("what is bought is a phone", "lo que se compra es un teléfono"),
        13,
    ),
    "since-last-upgrade": (
        words("At least 24 months since the last upgrade.", "Al menos 24 meses desde el último cambio."),
        words("last upgrade is 24 months ago or longer", "último cambio es hace 24 meses o más"),
        17,
    ),
}
SENTENCES = {
    "new-phone": TERMS["new-phone"],
    "since-last-upgrade": (
        words("At least 20 months since the last upgrade.", "Al menos 20 meses desde el último cambio."),
        words("last upgrade is 20 months ago or longer", "último cambio es hace 20 meses o más"),
        17,
    ),
}


def document(of: wire.VersionEntry | None = None, **changes: Any) -> wire.VersionDocument:
    """A version whole."""
    values: dict[str, Any] = {
        "entry": of or entry(),
        "text": TEXT,
        "catalogue_digest": DIGEST,
        "draft_id": None,
        "agrees": (words("Your agreement runs on.", "Su contrato sigue."),),
        "terms": tuple(
            wire.VersionTerm(term=term, tier=None, says=says, reading=reading, line=line)
            for term, (says, reading, line) in TERMS.items()
        ),
    }
    return wire.VersionDocument(**{**values, **changes})


COUNTS = wire.TermCounts(
    policy=POLICY, version=3, days=30, since=dt.date(2026, 10, 22), decisions=3412,
    terms=(wire.TermCount(term="new-phone", unmet=12, waived=0, misquoted=3),
           wire.TermCount(term="since-last-upgrade", unmet=418, waived=37, misquoted=21)),
)  # fmt: skip


def sentences(confirmed: tuple[str, ...] = ()) -> tuple[wire.DraftSentence, ...]:
    """Every sentence of the draft in each language; `confirmed` by the caller."""
    told = [("title", POLICY, TITLE, None, 4)]
    told += [("term", term, says, reading, line) for term, (says, reading, line) in SENTENCES.items()]  # type: ignore[misc]
    return tuple(
        wire.DraftSentence(
            sentence=(name := f"{kind}.{subject}.{language}"),
            kind=kind,  # type: ignore[arg-type]
            subject=subject,
            language=language,
            says=says[language],
            reading=reading[language] if reading else None,
            shown=SHOWN,
            line=line,
            column=7,
            confirmed=name in confirmed,
            confirmed_by=("Ruth",) if name in confirmed else (),
        )
        for kind, subject, says, reading, line in told
        for language in ("en", "es")
    )


ALL_SENTENCES = tuple(each.sentence for each in sentences())

COMPARISON = wire.ComparisonText(
    policy=POLICY, old_version=3, new_version=4,
    terms=(wire.TermChangeText(
        term="since-last-upgrade", change="loosened",
        says=words("Easier to meet: last upgrade is 20 months ago or longer (before: 24 months).",
                   "Más fácil de cumplir: último cambio es hace 20 meses o más (antes: 24 meses).")),),
    fields=(words("In force from 1 January 2027 (before: from 1 March 2026).",
                  "Vigente desde el 1 de enero de 2027 (antes: desde el 1 de marzo de 2026)."),),
    loses=wire.AffectedText(
        verdict="nobody", says=words("Nobody loses.", "Nadie pierde."), customer=None),
    gains=wire.AffectedText(
        verdict="shown", says=words("Somebody gains.", "Alguien gana."),
        on=dt.date(2027, 1, 1), before=words("no"), after=words("yes, $50.00", "sí, $50.00"),
        facts=(
            wire.ToldFact(label=words("Last upgrade"), value=words("3 April 2025", "3 de abril de 2025")),),
        customer=words("On 1 January 2027, last upgrade: 3 April 2025: no becomes yes, worth $50.00.",
                       "El 1 de enero de 2027, último cambio: 3 de abril de 2025: no pasa a sí, $50.00.")),
    spans=(wire.SpanFinding(
        kind="takes_over", starts_on=dt.date(2027, 1, 1), ends_on=None,
        says=words("Takes over from version 3 on 1 January 2027.",
                   "Sustituye a la versión 3 el 1 de enero de 2027.")),),
    digest=COMPARED,
)  # fmt: skip


def counts(decisions: int = 4000, loses: int = 0, gains: int = 118) -> wire.ImpactCounts:
    """What becomes of some decisions."""
    same = decisions - loses - gains
    return wire.ImpactCounts(
        decisions=decisions, same=same, loses=loses, gains=gains, less=0, more=0, opens=0, other=0
    )


FLIP = wire.ImpactFlip(
    terms_code=factories.CODE, store_id="maple-st", on=dt.date(2026, 11, 3), change="gains",
    before="not_eligible", after="eligible", terms=("since-last-upgrade",),
)  # fmt: skip
IMPACT = wire.Impact(
    days=90, since=dt.date(2026, 8, 23), counts=counts(), aside=6,
    stores=(wire.ImpactOfStore(store_id="maple-st", name="Maple St store", counts=counts(2600, 0, 80)),
            wire.ImpactOfStore(store_id="harbor", name="Harbor store", counts=counts(1400, 0, 38))),
    terms=(wire.ImpactOfTerm(
        term="since-last-upgrade", loses=0, gains=118, less=0, more=0, opens=0, other=0),),
    flips=(FLIP,), unrecorded=(),
)  # fmt: skip

FINDINGS = (
    wire.ProofFinding(
        law="somebody", subject=None, verdict="shown", mark="good", line=None,
        says=words("Somebody can be eligible.", "Alguien puede recibirlo."),
        facts=(), customers=(words("On 1 January 2027, what is bought: a phone: yes, worth $50.00.",
                         "El 1 de enero de 2027, lo que se compra: un teléfono: sí, por $50.00."),)),
    wire.ProofFinding(
        law="term", subject="new-phone", verdict="redundant", mark="warning", line=12,
        says=words("The term new-phone is never the only reason for a no.",
                   "La condición new-phone nunca es la única razón de un no."), customers=(), facts=()),
)  # fmt: skip


def checks(**states: str) -> tuple[wire.DraftCheck, ...]:
    """The five checks, passed but where `states` says otherwise."""
    results: dict[str, dict[str, Any]] = {
        "examples": {"examples": (wire.ExampleResult(
            name="She keeps her plan", outcome="eligible", amount="50.00 USD", faults=()),)},
        "proofs": {"findings": FINDINGS},
        "comparison": {"comparison": COMPARISON},
        "impact": {"impact": IMPACT},
    }  # fmt: skip
    found = []
    for kind in ("form", "examples", "proofs", "comparison", "impact"):
        state = states.get(kind, "passed")
        result = {} if state == "missing" else {"made_at": NOW, **results.get(kind, {})}
        found.append(wire.DraftCheck(kind=kind, state=state, **result))  # type: ignore[arg-type]
    return tuple(found)


def draft(**changes: Any) -> wire.Draft:
    """A draft of version 4, by Ines, checked but for the impact."""
    values: dict[str, Any] = {
        "draft_id": "drf_1",
        "policy": POLICY,
        "version": 4,
        "title": TITLE,
        "state": "draft",
        "revision": 2,
        "text_digest": DIGEST,
        "author": "Ines",
        "editors": ("Ines",),
        "created_at": NOW,
        "updated_at": NOW,
        "effective_from": dt.date(2027, 1, 1),
        "effective_until": None,
        "faults": (),
        "text": TEXT,
        "version_before": 3,
        "checks": checks(impact="missing"),
        "sentences": sentences(),
        "hindrances": (
            wire.ApprovalReason(
                code="check.missing",
                subject="impact",
                says=words("The impact preview was not run.", "No se ejecutó la vista previa del efecto."),
            ),
        ),
    }
    return wire.Draft(**{**values, **changes})


def summary(of: wire.Draft) -> wire.DraftSummary:
    """The draft as a list has it."""
    fields = wire.DraftSummary.model_fields
    return wire.DraftSummary(**{name: value for name, value in of if name in fields})


FAULTS = (
    wire.PolicyFault(line=8, column=9, code="benefit.kind", message="'instant_credits' is not a benefit."),
    wire.PolicyFault(line=19, column=7, code="test.unknown", message="There is no test 'at_least_agoo'."),
)
BAD = draft(
    title=None, policy=None, version=None, effective_from=None, version_before=None, faults=FAULTS,
    text=TEXT.replace("instant_credit", "instant_credits").replace("at_least_ago", "at_least_agoo"),
    checks=tuple(wire.DraftCheck(kind=kind, state="failed" if kind == "form" else "missing")  # type: ignore[arg-type]
                 for kind in ("form", "examples", "proofs", "comparison", "impact")),
    sentences=(), hindrances=(),
)  # fmt: skip

PREVIEW = wire.SheetPreview(
    cases=tuple(
        wire.PreviewCase(
            kind=kind,  # type: ignore[arg-type]
            source="example" if kind == "yes" else "solver",
            name="She keeps her plan",
            on=dt.date(2027, 1, 1),
            facts={"order.device_category": "phone"},
            waived=(),
            names_a_day=kind == "not_yet",
            sheets={language: factories.sheet(kind, language) for language in ("en", "es")},
        )
        for kind in ("yes", "not_yet", "question")
    ),
    missing=("waived",),
)
