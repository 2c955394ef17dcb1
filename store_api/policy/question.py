"""One question to the solver: is there a customer like this?

Importing this module loads the solver. Must know nothing of laws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import z3

from store_api.policy.findings import Customer
from store_api.policy.model import PolicyVersion
from store_api.policy.solver_scope import Scope
from store_api.policy.solver_world import World
from store_api.policy.vocabulary import Fact

# Steps of the solver (its "rlimit"), not seconds: a proof must not depend on how busy the machine is. The
# questions of the demo's policies take up to 14,000; some two seconds go by until this many.
GIVE_UP_AFTER = 8_000_000

# In days from the start of a version: examples are looked for on these days first, because a known day makes
# all dates mere numbers.
_TRIED = (60, 400, 730, 1)

Build = Callable[[World], Any]


@dataclass(frozen=True)
class Answer:
    """`model` of `world` where there is one; `nobody` where that is proved; else the solver gave up."""

    world: World | None = None
    model: Any = None
    nobody: bool = False

    @property
    def found(self) -> bool:
        """Whether there is an example."""
        return self.model is not None

    def customer(
        self, scope: Scope, marks: Mapping[str, str] | None = None, all_known: bool = True
    ) -> Customer:
        """The example; facts under a mark are the second customer's."""
        assert self.world is not None
        read = {key: (marks or {}).get(key, "") for key in scope.facts}
        return self.world.customer(self.model, read, all_known)


@dataclass(frozen=True)
class Asker:
    """Asks about all customers of a version; examples lie `around` a day, else around its start."""

    catalogue: Mapping[str, Fact]
    scope: Scope
    version: PolicyVersion
    give_up_after: int = GIVE_UP_AFTER
    around: date | None = None
    context: Any = field(default_factory=z3.Context)

    def ask(self, build: Build, wishes: Build | None = None) -> Answer:
        """An example, as plain as can be had; wishes are kept where possible."""
        example = self._example(build, wishes)
        return example if example is not None else self._settle(build)

    def refute(self, build: Build, wishes: Build | None = None) -> Answer:
        """The same where nobody is expected."""
        world = self._world()
        if self._check(world, [build(world)], exact=False).nobody:
            return Answer(nobody=True)
        return self.ask(build, wishes)

    def _example(self, build: Build, wishes: Build | None) -> Answer | None:
        for wish in (wishes, None) if wishes is not None else (None,):
            for day in self._days():
                world = self._world(day)
                formula = build(world)
                extra = [wish(world)] if wish is not None else []
                found = self._check(world, [formula, *world.readable(day), *extra], exact=False)
                if found.found:
                    return found
        return None

    def _settle(self, build: Build) -> Answer:
        """Among more than the real customers first, then among the real ones: plain ones, then all."""
        world = self._world()
        formula = build(world)
        if self._check(world, [formula], exact=False).nobody:
            return Answer(nobody=True)
        readable = world.readable(self.around or self.version.effective_from)
        found = self._check(world, [formula, *readable], world.counts_days)
        return found if found.found else self._check(world, [formula], exact=True)

    def _days(self) -> Iterator[date]:
        for days in _TRIED:
            day = (self.around or self.version.effective_from) + timedelta(days=days)
            if not self.version.binds_to_today or self.version.is_effective(day):
                yield day
        if self.version.effective_until is not None:
            yield self.version.effective_until - timedelta(days=1)

    def _world(self, on: date | None = None) -> World:
        past = (self.version.binds,)
        names, currencies = self.scope.names, self.scope.currencies
        return World(self.catalogue, names, currencies, self.context, past=past, on=on)

    def _check(self, world: World, formulas: Iterable[Any], exact: bool) -> Answer:
        solver = z3.Solver(ctx=self.context)
        solver.set("rlimit", self.give_up_after)
        solver.add(*world.always, *formulas)
        if world.counts_days:
            solver.add(*world.lemmas)
        if exact:
            solver.add(*world.calendar)
        result = solver.check()
        if result == z3.sat:
            return Answer(world, solver.model())
        return Answer(nobody=result == z3.unsat)
