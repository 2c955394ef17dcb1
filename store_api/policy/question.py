"""One question to the solver: is there a customer like this?

Importing this module loads the solver. Must know nothing of laws.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from store_api.policy.solver_world import World

# A question of a policy with 24 terms takes some 30 ms; after this long no answer will come.
GIVE_UP_AFTER = 5_000  # milliseconds


@dataclass(frozen=True)
class Answer:
    """`model` where there is one; `nobody` where it is proved that there is none; else the solver gave up."""

    model: Any = None
    nobody: bool = False


@dataclass(frozen=True)
class Asker:
    """Asks about one world. `around` is a day near which examples are looked for first."""

    world: World
    around: date
    give_up_after: int = GIVE_UP_AFTER

    def ask(self, formula: Any, *wishes: Any) -> Answer:
        """An example, as plain as can be had; wishes are kept where possible."""
        readable = self.world.readable(self.around)
        for extra in ([*readable, *wishes], readable) if wishes else (readable,):
            found = self._check([formula, *extra], self.world.counts_days)
            if found.model is not None:
                return found
        return self._check([formula], exact=True)

    def refute(self, formula: Any, *wishes: Any) -> Answer:
        """The same where nobody is expected, among more than the real customers first."""
        for exact in (False, True):
            found = self._check([formula], exact)
            if found.nobody:
                return found
        return self.ask(formula, *wishes) if found.model is not None else found

    def _check(self, formulas: Iterable[Any], exact: bool) -> Answer:
        solver = z3.Solver(ctx=self.world.context)
        solver.set("timeout", self.give_up_after)
        solver.add(*self.world.always, *(self.world.calendar if exact else ()), *formulas)
        result = solver.check()
        if result == z3.sat:
            return Answer(model=solver.model())
        return Answer(nobody=result == z3.unsat)
