"""Grounding: all applications of a game's rules to its things, as tables of integers that a kernel can play.

Facts that no rule can change are settled here and cost nothing later. Slots (how much the player can carry) are
interchangeable, so they are counted instead of grounded.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .game import Game, Quest
from .grammar import Fact, GrammarError, Rule

SLOT = "slot"
MEAL = "make/recipe"  # its command is refused while an ingredient is not in the required condition
_PREPARED = ("fried", "roasted", "grilled", "sliced", "diced", "chopped")


@dataclass(frozen=True)
class Slots:
    """How many free slots a rule claims, how many used ones it keeps and releases, and how many `extra` become free."""

    claim: int = 0
    keep: int = 0
    release: int = 0
    extra: int = 0


@dataclass(frozen=True)
class Action:
    """A rule applied to things.

    Attributes:
        command: index into the game's commands.
        room: where the player must be; empty for anywhere.
        to: the player's room afterwards; empty for the same room.
        needs, added, removed: indices of changing facts.
        checks: facts without which the command is listed but refused.
        dooms: quests that become impossible.
    """

    rule: str
    command: int
    room: str
    to: str
    needs: tuple[int, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    slots: Slots
    checks: tuple[int, ...] = ()
    dooms: tuple[int, ...] = ()


NEVER = -1  # stands for a fact that can never hold


class Grounded:
    """A game in integers.

    Attributes:
        facts: the facts that can change, by index; the player's room comes first.
        statics: the facts that always hold.
        commands: all commands that can ever be admissible, sorted.
        rooms: their ids, in the game's order.
        actions: sorted as in TextWorld: if several have the same command, the first one that applies is taken.
    """

    def __init__(self, game: Game) -> None:
        self.game = game
        self.rooms = game.of_type("r")
        self._things: dict[str, list[str]] = {kind: game.of_type(kind) for kind in game.grammar.parents}
        self._members = {kind: set(ids) for kind, ids in self._things.items()}
        self.slots = sorted(self._members.get(SLOT, ()))
        found = self._instances()
        effects = {f for _, _, _, added, removed in found for f in (*added, *removed)}
        start = {fact for fact in game.facts if not self._is_slot(fact)}
        self.statics = frozenset(start - effects)
        # A fact that holds at the start and is never removed does not change either.
        lost = {f for _, _, _, _, removed in found for f in removed}
        self.statics |= frozenset(f for f in start & effects if f not in lost)
        changing = effects - self.statics
        players = [f for r in self.rooms if (f := ("at", "P", r)) in changing]
        self.facts = players + sorted(changing - set(players))
        self.index = {fact: i for i, fact in enumerate(self.facts)}
        commands = [self._command(rule, binding) for rule, binding, *_ in found]
        self.commands = sorted(set(commands))
        number = {command: i for i, command in enumerate(self.commands)}
        self.actions = [
            self._action(rule, binding, number[command], needs, added, removed)
            for (rule, binding, needs, added, removed), command in zip(found, commands, strict=True)
        ]

    @cached_property
    def start(self) -> frozenset[int]:
        """Indices of the changing facts that hold at the start."""
        return frozenset(self.index[f] for f in self.game.facts if f in self.index)

    def true(self, held: frozenset[int] | set[int] | list[int]) -> frozenset[Fact]:
        """All facts that hold, given the indices of the changing ones."""
        return self.statics | {self.facts[i] for i in held}

    def condition(self, facts: tuple[Fact, ...]) -> tuple[int, ...]:
        """An event's facts as indices; `(NEVER,)` if one can never hold."""
        found = []
        for fact in facts:
            if fact in self.index:
                found.append(self.index[fact])
            elif fact not in self.statics:
                return (NEVER,)
        return tuple(found)

    # --- joins --------------------------------------------------------------------------------------------------------

    def _is_slot(self, fact: Fact) -> bool:
        return len(fact) == 2 and fact[1] in self._members.get(SLOT, ())

    def _instances(self) -> list[tuple[Rule, dict[str, str], tuple, tuple, tuple]]:
        """All applications of rules to facts that could ever hold if no fact were ever removed."""
        game, grammar = self.game, self.game.grammar
        rules = [self._without_slots(rule) for _, rule in sorted(grammar.rules.items()) if rule.command]
        found: dict[str, dict[tuple[str, ...], dict[str, str]]] = {rule.name: {} for rule in rules}
        grows = {fact[0] for rule in rules for fact in rule.added}
        triggers: dict[str, list[tuple[Rule, Fact, list[Fact], dict[str, str]]]] = defaultdict(list)
        for rule in rules:
            constants = {t: t for t, kind in rule.types.items() if self._is_constant(t, kind)}
            for i, fact in enumerate(rule.needs):
                triggers[fact[0]].append((rule, fact, [*rule.needs[:i], *rule.needs[i + 1 :]], constants))
        start = [fact for fact in game.facts if not self._is_slot(fact)]
        known = _Facts(fact for fact in start if fact[0] not in grows)
        pending = deque(fact for fact in start if fact[0] in grows)
        met = set(pending)
        # An application is found once only, when the last of its facts becomes known.
        while pending:
            fact = pending.popleft()
            known.add(fact)
            for rule, need, rest, constants in triggers[fact[0]]:
                binding = self._match(need, fact, rule.types, constants)
                if binding is None:
                    continue
                for whole in self._extensions(rest, binding, rule.types, known):
                    binding = {t: whole[t] for t, kind in rule.types.items() if kind != SLOT}
                    found[rule.name].setdefault(tuple(binding.values()), binding)
                    for new in rule.added:
                        if (new := _bound(new, binding)) not in met and new not in known:
                            met.add(new)
                            pending.append(new)
        result = []
        for rule in rules:
            for key in sorted(found[rule.name]):
                binding = found[rule.name][key]
                needs, added, removed = (
                    tuple(_bound(f, binding) for f in side) for side in (rule.needs, rule.added, rule.removed)
                )
                result.append((rule, binding, needs, added, removed))
        return result

    def _without_slots(self, rule: Rule) -> Rule:
        def rest(side: tuple[Fact, ...]) -> tuple[Fact, ...]:
            return tuple(f for f in side if not (len(f) == 2 and rule.types[f[1]] == SLOT))

        bound = {t for f in rule.needs for t in f[1:]}
        free = {
            t for t, kind in rule.types.items() if t not in bound and kind != SLOT and not self._is_constant(t, kind)
        }
        if free:
            raise GrammarError(f"rule {rule.name}: {sorted(free)[0]} is bound by no fact on the left")
        return Rule(rule.name, rest(rule.needs), rest(rule.added), rest(rule.removed), rule.types, rule.command)

    def _is_constant(self, term: str, kind: str) -> bool:
        """P, I and RECIPE are not placeholders: there is one of each."""
        return term == kind and term.isupper() and term in self.game.entities

    def _match(self, need: Fact, fact: Fact, types: dict[str, str], binding: dict[str, str]) -> dict[str, str] | None:
        """The binding, extended so that `need` becomes `fact`; None if that is impossible."""
        if len(need) != len(fact):
            return None
        found = dict(binding)
        for term, value in zip(need[1:], fact[1:], strict=True):
            bound = found.get(term)
            if bound is None:
                if value not in self._members[types[term]] or value in found.values():
                    return None
                found[term] = value
            elif bound != value:
                return None
        return found

    def _extensions(
        self, rest: list[Fact], binding: dict[str, str], types: dict[str, str], known: _Facts
    ) -> Iterator[dict[str, str]]:
        """All ways to bind the remaining facts of a rule; the one with the fewest candidates goes first."""
        if not rest:
            yield binding
            return
        candidates = [known.matching(fact, binding) for fact in rest]
        best = min(range(len(rest)), key=lambda i: len(candidates[i]))
        others = rest[:best] + rest[best + 1 :]
        for candidate in list(candidates[best]):
            found = self._match(rest[best], candidate, types, binding)
            if found is not None:
                yield from self._extensions(others, found, types, known)

    # --- effects of an application ------------------------------------------------------------------------------------

    def _command(self, rule: Rule, binding: dict[str, str]) -> str:
        def name(placeholder: re.Match[str]) -> str:
            thing = binding.get(placeholder[1])
            return placeholder[0] if thing is None else self.game.name(thing)

        return re.sub(r"{([^}]*)}", name, rule.command)

    def _action(
        self, rule: Rule, binding: dict[str, str], command: int, needs: tuple, added: tuple, removed: tuple
    ) -> Action:
        room = next((f[2] for f in needs if f[:2] == ("at", "P")), "")
        to = next((f[2] for f in added if f[:2] == ("at", "P")), "")
        index = self.index
        return Action(
            rule.name,
            command,
            room,
            to,
            tuple(index[f] for f in needs if f in index and f[:2] != ("at", "P")),
            tuple(index[f] for f in added if f in index),
            tuple(index[f] for f in removed if f in index),
            _slots(self.game.grammar.rules[rule.name]),
            self._checks() if rule.name.startswith(MEAL) else (),
            self._doomed(rule, removed),
        )

    def _checks(self) -> tuple[int, ...]:
        """What preparing a meal also requires, as in the compiled game: every ingredient carried and ready."""
        required = {f[2]: f[1] for f in self.statics if f[0] == "base"}
        # A food is raw and uncut as long as no other condition holds.
        ready = [
            (f[0], required[f[1]])
            for f in sorted(self.game.facts)
            if len(f) == 2 and f[1] in required and f[0] in _PREPARED
        ]
        return self.condition((*(("in", food, "I") for food in required.values()), *ready))

    def _doomed(self, rule: Rule, removed: tuple) -> tuple[int, ...]:
        """Quests with a plan that need a fact which this rule removes for ever."""
        if rule.name in self.game.grammar.reverse or not removed:
            return ()
        return tuple(i for i, quest in enumerate(self.game.quests) if _needs(quest, removed))


def _needs(quest: Quest, removed: tuple[Fact, ...]) -> bool:
    gone = {f[1] for f in removed if f[0] == "in" and f[2:] == ("I",)}
    return any(
        event.plan and any(f[1] in gone for f in event.facts if f[0] in ("in", "on", "at")) for event in quest.win
    )


def _bound(fact: Fact, binding: dict[str, str]) -> Fact:
    return (fact[0], *(binding[t] for t in fact[1:]))


def _slots(rule: Rule) -> Slots:
    slots = {t for t, kind in rule.types.items() if kind == SLOT}
    if not slots:
        return Slots()

    def with_(name: str, side: tuple[Fact, ...]) -> set[str]:
        return {f[1] for f in side if f[0] == name and f[1] in slots}

    free, used = with_("free", rule.needs), with_("used", rule.needs)
    claim = with_("free", rule.removed) & with_("used", rule.added)
    release = with_("used", rule.removed) & with_("free", rule.added)
    keep = used - with_("used", rule.removed)
    extra = with_("free", rule.added) - used - free
    if claim != free or keep | release != used or claim | release | keep | extra != slots:
        raise GrammarError(f"rule {rule.name}: what it does to slots cannot be represented")
    return Slots(len(claim), len(keep), len(release), len(extra))


class _Facts:
    """Facts indexed by predicate, and by predicate and the value at a position."""

    def __init__(self, facts: Iterator[Fact]) -> None:
        self._all: set[Fact] = set()
        self._by_name: dict[str, list[Fact]] = defaultdict(list)
        self._by_value: dict[tuple[str, int, str], list[Fact]] = defaultdict(list)
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> None:
        self._all.add(fact)
        self._by_name[fact[0]].append(fact)
        for position, value in enumerate(fact[1:]):
            self._by_value[fact[0], position, value].append(fact)

    def __contains__(self, fact: Fact) -> bool:
        return fact in self._all

    def matching(self, fact: Fact, binding: dict[str, str]) -> list[Fact]:
        """Facts that might match: the shortest of the lists that the bound terms index."""
        best = self._by_name.get(fact[0], [])
        for position, term in enumerate(fact[1:]):
            value = binding.get(term)
            if value is not None:
                found = self._by_value.get((fact[0], position, value), [])
                if len(found) < len(best):
                    best = found
        return best
