"""What the player reads: descriptions, the inventory and the answers to commands, written from the facts.

Rooms of games made elsewhere keep their own text, in Inform's notation. Whatever is visible but not stated there is
added in our words, so that every visible change changes the text. Contents of closed containers are never mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .game import Game
from .grammar import Fact

Facts = frozenset[Fact]

PLAYER, CARRIED = "P", "I"
DIRECTIONS = ("north", "east", "south", "west")
_OPPOSITE = dict(zip(DIRECTIONS, ("south", "west", "north", "east"), strict=True))

_PLACES = ("at", "in", "on")
_STATES = ("open", "closed", "locked")
_STYLES = ("roasted", "fried", "grilled")
_CUTS = ("sliced", "diced", "chopped")
_FOOD = {"raw", "needs_cooking", "cooked", "burned", "uncut", "edible", "inedible", *_STYLES, *_CUTS}
_BOOKKEEPING = {"used", "consumed", "drinkable", "free"}  # unary facts that change only together with visible ones
_UNNAMED = {"P", "I", "slot", "ingredient", "RECIPE"}  # types of things that the player cannot refer to
_MASS = {"milk", "water", "flour", "salt", "sugar", "oil", "cilantro", "parsley", "black pepper", "lettuce"}
_VOWEL = re.compile(r"[aio](?!ne\b)|e(?!u)|u(?!ni[^nm]|s[eu]|t[ei]|[^a-z])|hour|heir|hono", re.I)


class Exit(NamedTuple):
    """A way out of a room; without a door, `door` is None."""

    direction: str
    room: str
    door: str | None
    passable: bool


@dataclass(eq=False)
class _View:
    """The facts that hold, sorted by subject."""

    facts: Facts
    room: str = ""
    inside: dict[str, list[str]] = field(default_factory=dict)  # things by the place they are at, in or on
    state: dict[str, str] = field(default_factory=dict)  # open, closed or locked
    conditions: dict[str, set[str]] = field(default_factory=dict)


def spoken(text: str) -> str:
    """A command in normal form: case and the number of blanks are ignored."""
    return " ".join(text.casefold().split())


def a(phrase: str) -> str:
    """The phrase with its indefinite article."""
    if phrase in _MASS or phrase.rpartition(" ")[2] in _MASS:
        return f"some {phrase}"
    return f"an {phrase}" if _VOWEL.match(phrase) else f"a {phrase}"


def series(parts: list[str]) -> str:
    """The parts with commas and a final "and"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "nothing"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Texts:
    """The texts of one game; all methods are pure functions of the facts that hold, static ones included."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._order = {thing: i for i, thing in enumerate(game.entities)}
        kinds = {thing: game.entities[thing].type for thing in game.entities}
        parents = game.grammar.parents
        self._containers = {t for t, kind in kinds.items() if "c" in parents and game.grammar.is_a(kind, "c")}
        self._supporters = {t for t, kind in kinds.items() if "s" in parents and game.grammar.is_a(kind, "s")}
        self._portable = {t for t, kind in kinds.items() if "o" in parents and game.grammar.is_a(kind, "o")}
        self._foods = {t for t, kind in kinds.items() if "f" in parents and game.grammar.is_a(kind, "f")}
        changing = {fact[0] for rule in game.grammar.rules.values() for fact in (*rule.added, *rule.removed)}
        shown = changing | {*_PLACES, *_STATES, *_FOOD}
        self._own_conditions = shown - _FOOD - _BOOKKEEPING  # unary predicates that TextWorld's grammar lacks
        self._static = frozenset(fact for fact in game.facts if fact[0] not in shown)
        self._exits = ways_out(game)
        self._names: dict[str, list[str]] = {}
        for thing, entity in game.entities.items():
            if entity.name and entity.type not in _UNNAMED:
                self._names.setdefault(spoken(entity.name), []).append(thing)
        commands = {spoken(rule.command).split()[0] for rule in game.grammar.rules.values() if rule.command}
        self._verbs = commands | {"go", "look", "inventory", "goal", "examine"}
        self._templates: dict[str, _Template | None] = {}
        self._phrases: dict[tuple[str, frozenset[str]], str] = {}
        self._views: tuple[_View, ...] = ()

    # --- what the player reads ----------------------------------------------------------------------------------------

    def description(self, facts: Facts) -> str:
        """The player's room and everything visible there."""
        view = self._view(facts)
        name = self.game.name(view.room)
        template = self._template(view.room)
        opening = f"You are in the {name}." if template is None else template.render(view)
        lines = [f"-= {' '.join(map(_capital, name.split()))} =-", opening]
        things = view.inside.get(view.room, ())
        furniture = [self._furniture(thing, view, template) for thing in things if thing not in self._portable]
        lines.append(" ".join(filter(None, furniture)))
        floor = [thing for thing in things if thing in self._portable]
        if floor:
            lines.append(f"On the floor you see {self.listing(floor, view)}.")
        lines.append(self._ways(view, template))
        return "\n".join(filter(None, lines))

    def inventory(self, facts: Facts) -> str:
        """What the player carries, in one sentence."""
        view = self._view(facts)
        return f"You are carrying {self.listing(view.inside.get(CARRIED, []), view)}."

    def goal(self) -> str:
        """What the player is asked to do."""
        return self.game.objective or "There is no goal but to look around."

    def feedback(self, before: Facts, after: Facts, command: str, rule: str) -> str:
        """The answer to an accepted command; `rule` is the name of the rule that it applied, empty if unknown."""
        verb, _, rest = command.partition(" ")
        if verb == "look":
            return self.description(after)
        if verb == "inventory":
            return self.inventory(after)
        if verb == "goal":
            return self.goal()
        if verb == "go":
            return f"You go {rest}."
        then, now = self._view(before), self._view(after)
        found = self._parse(rest)
        if found is None:
            if verb == "prepare":
                return (
                    "Not every ingredient is prepared as the recipe asks."
                    if before == after
                    else f"You prepare the {rest}."
                )
            return f"You {command}."
        things = [self._resolve(name, then) for name in found[0::2]]
        names = [f"the {self.game.name(thing)}" for thing in things]
        if verb == "examine":
            return self.examine(things[0], after)
        if verb == "prepare":
            if things[0] not in now.inside.get(CARRIED, ()):
                return "Not every ingredient is prepared as the recipe asks."
            return f"You prepare {names[0]}."
        if verb == "cook" and len(things) == 2:
            return self._cooked(things[0], names, then, now, rule)
        if verb == "open" and things[0] in self._containers:
            contents = self._contents(things[0], now)
            return f"You open {names[0]}" + (f", revealing {self.listing(contents, now)}." if contents else ".")
        if verb == "insert":
            verb = "put"
        if len(names) == 1:
            floor = {"take": " from the floor", "drop": " on the floor"}.get(verb, "")
            return f"You {verb} {names[0]}{floor}."
        return f"You {verb} {names[0]} {found[1]} {names[1]}."

    def refusal(self, command: str) -> str:
        """The answer to a command that cannot be carried out."""
        verb, _, rest = spoken(command).partition(" ")
        known = verb in self._verbs and (
            not rest or (verb == "go" and rest in DIRECTIONS) or rest == "meal" or self._parse(rest) is not None
        )
        return "You can't do that now." if known else f"I don't understand: {command}"

    def examine(self, thing: str, facts: Facts) -> str:
        """A thing examined closely: its own text, its state and what is in or on it."""
        view = self._view(facts)
        the = f"The {self.game.name(thing)}"
        template = self._template(thing)
        lines = [] if template is None else [template.render(view)]
        recipe = self.game.extras.get("recipe")
        if isinstance(recipe, str) and self.game.name(thing) == "cookbook" and "Ingredients" not in "".join(lines):
            return f"You read the cookbook:\n\n{recipe.strip()}"
        state = view.state.get(thing)
        if state and not (template and template.states(thing, state)):
            lines.append(f"{the} is {state}.")
        if thing in self._supporters or (thing in self._containers and state == "open"):
            lines.append(self._holds(thing, view))
        conditions = view.conditions.get(thing, set())
        told = [*self._adjectives(thing, conditions), *(["uncut"] if "uncut" in conditions else [])]
        if told:
            lines.append(f"{the} is {series(told)}.")
        return " ".join(lines) or f"You see nothing special about the {self.game.name(thing)}."

    # --- what the player sees -----------------------------------------------------------------------------------------

    def exits(self, facts: Facts) -> list[Exit]:
        """The ways out of the player's room, from north clockwise."""
        room = self._view(facts).room
        return [
            Exit(direction, other, door, ("free", room, other) in facts) for direction, other, door in self._exits[room]
        ]

    def visible(self, facts: Facts) -> set[Fact]:
        """The facts that the player can see: the room, its exits, things here and carried, and their states."""
        view = self._view(facts)
        seen: set[Fact] = {("at", PLAYER, view.room)}
        things = set(self._seen(view))
        doors = {door for _, _, door in self._exits[view.room] if door}
        ways = {(view.room, other) for _, other, _ in self._exits[view.room]}
        for fact in facts:
            if fact[0] in _PLACES:
                if fact[1] in things:
                    seen.add(fact)
            elif len(fact) == 2:
                shows = fact[0] in _STATES or fact[0] in _FOOD or fact[0] in self._own_conditions
                if shows and (fact[1] in doors or fact[1] in things):
                    seen.add(fact)
            elif fact[0] == "link":
                if fact[1] == view.room:
                    seen.add(fact)
            elif (fact[1:] in ways or fact[:0:-1] in ways) and (fact[0] == "free" or fact[0].endswith("_of")):
                seen.add(fact)
        return seen

    def readable(self, fact: Fact) -> str:
        """The fact in plain words, such as "carrot is sliced"."""
        kind, *things = fact
        names = ["player" if thing == PLAYER else self.game.name(thing) for thing in things]
        words = kind.replace("_", " ")
        if kind in _PLACES and things[1:] == [CARRIED]:
            return f"{names[0]} is carried"
        if kind == "at":
            return f"{names[0]} is in {names[1]}"
        if kind == "link":
            return f"{names[1]} leads from {names[0]} to {names[2]}"
        if kind == "free" and len(names) == 2:
            return f"{names[1]} can be reached from {names[0]}"
        if kind == "match":
            return f"{names[0]} fits {names[1]}"
        if kind == "needs_cooking":
            return f"{names[0]} needs cooking"
        return " ".join([names[0], "is", words, *names[1:]]) if names else words

    # --- parts --------------------------------------------------------------------------------------------------------

    def listing(self, things: Iterable[str], view: _View) -> str:
        """The things with their conditions, as "a raw carrot and a knife"."""
        return series([self._phrase(thing, view) for thing in things])

    def _view(self, facts: Facts) -> _View:
        # A step uses the same two sets several times, so the last two views are cached.
        for view in self._views:
            if view.facts is facts:
                return view
        view = _View(facts)
        inside, state, conditions = view.inside, view.state, view.conditions
        for fact in facts - self._static:
            kind = fact[0]
            if kind in _PLACES:
                if fact[1] == PLAYER:
                    view.room = fact[2]
                else:
                    inside.setdefault(fact[2], []).append(fact[1])
            elif len(fact) == 2:
                if kind in _STATES:
                    state[fact[1]] = kind
                else:
                    conditions.setdefault(fact[1], set()).add(kind)
        for things in inside.values():
            if len(things) > 1:
                things.sort(key=self._order.__getitem__)
        self._views = (view, *self._views[:1])
        return view

    def _template(self, thing: str) -> _Template | None:
        """A thing's own text, parsed on first use; None if there is none or it cannot be understood."""
        if thing not in self._templates:
            text = self.game.entities[thing].description
            try:
                self._templates[thing] = _Template(self, thing, text) if text.strip() else None
            except _NotUnderstoodError:
                self._templates[thing] = None
        return self._templates[thing]

    def _contents(self, thing: str, view: _View) -> list[str]:
        """What can be seen in or on a thing."""
        closed = thing in self._containers and view.state.get(thing) != "open"
        return [] if closed else view.inside.get(thing, [])

    def _seen(self, view: _View) -> Iterator[str]:
        for thing in (*view.inside.get(view.room, ()), *view.inside.get(CARRIED, ())):
            yield thing
            yield from self._contents(thing, view)

    def _phrase(self, thing: str, view: _View) -> str:
        """A thing with its article and its conditions."""
        conditions = frozenset(view.conditions.get(thing, ()))
        found = self._phrases.get((thing, conditions))
        if found is None:
            name = self.game.name(thing)
            adjectives = self._adjectives(thing, conditions)
            bare = a(name)
            # Mass nouns keep "some" whatever precedes them.
            phrase = " ".join([*adjectives, name])
            found = f"some {phrase}" if bare.startswith("some ") else a(phrase)
            self._phrases[thing, conditions] = found
        return found

    def _adjectives(self, thing: str, conditions: Iterable[str]) -> list[str]:
        """Words for conditions. Uncut, and edible where that is expected, are left out."""
        has = set(conditions)
        words: list[str] = [word for word in ("burned", "raw") if word in has]
        if "needs_cooking" in has:
            words.append("uncooked")
        styles = [word for word in _STYLES if word in has]
        if ("cooked" in has) != bool(styles and "burned" not in has):
            words.append("cooked" if "cooked" in has else "half-cooked")
        words += styles
        words += [word for word in _CUTS if word in has]
        if thing in self._foods and ("edible" in has) != (not has & {"burned", "needs_cooking"}):
            words.insert(0, "edible" if "edible" in has else "inedible")
        return words + sorted(word.replace("_", " ") for word in has & self._own_conditions)

    def _holds(self, thing: str, view: _View) -> str:
        contents = self._contents(thing, view)
        name = self.game.name(thing)
        if thing in self._supporters:
            return f"On the {name} you see {self.listing(contents, view)}."
        return f"The {name} contains {self.listing(contents, view)}." if contents else f"The {name} is empty."

    def _furniture(self, thing: str, view: _View, template: _Template | None) -> str:
        """What the template leaves unsaid about a thing in the room, its state and its contents."""
        state = view.state.get(thing, "")
        if template is not None and template.mentions(thing):
            lines = [f"The {self.game.name(thing)} is {state}."] if not template.states(thing, state) else []
            if thing not in template.listed and self._contents(thing, view):
                lines.append(self._holds(thing, view))
            own = self._adjectives(thing, view.conditions.get(thing, ()))
            if own:
                lines.append(f"The {self.game.name(thing)} is {series(own)}.")
            return " ".join(lines)
        phrase = self._phrase(thing, view)
        if thing in self._containers:
            phrase = a(f"{state} {phrase.partition(' ')[2]}".strip())
        if thing in self._supporters or state == "open":
            contents = self._contents(thing, view)
            if thing in self._supporters:
                return f"There is {phrase} here; on it you see {self.listing(contents, view)}."
            if thing in self._containers:
                return f"There is {phrase} here; " + (
                    f"it contains {self.listing(contents, view)}." if contents else "it is empty."
                )
        return f"There is {phrase} here."

    def _ways(self, view: _View, template: _Template | None) -> str:
        """What the template leaves unsaid about the exits."""
        lines, free = [], []
        for direction, other, door in self._exits[view.room]:
            passable = ("free", view.room, other) in view.facts
            stated = template is not None and direction in template.words
            if door is None:
                if not passable and stated:
                    lines.append(f"The way {direction} is blocked.")
                elif passable and not stated:
                    free.append(direction)
                continue
            state = view.state.get(door, "open" if passable else "closed")
            if not (stated and template is not None and template.mentions(door)):
                lines.append(f"{_capital(a(f'{state} {self.game.name(door)}'))} leads {direction}.")
            elif not template.states(door, state):
                lines.append(f"The {self.game.name(door)} is {state}.")
        if free:
            lines.append(f"You can go {series(free)}.")
        return " ".join(lines)

    def _cooked(self, food: str, names: list[str], then: _View, now: _View, rule: str) -> str:
        added = now.conditions.get(food, set()) - then.conditions.get(food, set())
        if "burned" in added or rule.endswith("burned"):
            return f"You burned {names[0]}!"
        style = next((word for word in _STYLES if word in added), "cooked")
        verb = {"roasted": "roast", "fried": "fry", "grilled": "grill"}.get(style, "cook")
        where = {"roasted": "in", "fried": "on", "grilled": "on"}.get(style, "with")
        return f"You {verb} {names[0]} {where} {names[1]}."

    # --- commands -----------------------------------------------------------------------------------------------------

    def _parse(self, rest: str) -> tuple[str, ...] | None:
        """Parse what follows a verb as (name,) or (name, preposition, name); None if it is neither."""
        rest = " ".join(rest.split())
        if spoken(rest) in self._names:
            return (rest,)
        for match in re.finditer(r" (from|into|in|on|with|to|at|under) ", rest, re.I):
            first, second = rest[: match.start()], rest[match.end() :]
            if spoken(first) in self._names and spoken(second) in self._names:
                return first, match.group(1).lower(), second
        return None

    def _resolve(self, name: str, view: _View) -> str:
        """The thing of that name; if there are several, prefer an exact match, and one in sight."""
        things = self._names[spoken(name)]
        if len(things) > 1:
            things = [thing for thing in things if " ".join(self.game.name(thing).split()) == name] or things
        if len(things) == 1:
            return things[0]
        near = {*self._seen(view), *(door for _, _, door in self._exits[view.room] if door)}
        return next((thing for thing in things if thing in near), things[0])


def ways_out(game: Game) -> dict[str, list[tuple[str, str, str | None]]]:
    """For each room: direction, the room there and the door between, from north clockwise."""
    doors = {(fact[1], fact[3]): fact[2] for fact in game.facts if fact[0] == "link" and len(fact) == 4}
    found: dict[str, dict[str, str]] = {
        thing: {}
        for thing, entity in game.entities.items()
        if entity.type == "r" or ("at", PLAYER, thing) in game.facts
    }
    for fact in sorted(game.facts):
        direction, _, of = fact[0].rpartition("_")
        if of == "of" and direction in DIRECTIONS and len(fact) == 3:
            other, room = fact[1:]
            found.setdefault(room, {})[direction] = other
            found.setdefault(other, {})[_OPPOSITE[direction]] = room
    return {
        room: [(way, ways[way], doors.get((room, ways[way]))) for way in DIRECTIONS if way in ways]
        for room, ways in found.items()
    }


# --- Inform's notation: text with [if ...], [otherwise], [end if] and lists in brackets ------------------------------


class _NotUnderstoodError(Exception):
    """A construct of Inform that this small subset does not support."""


_Piece = str | Callable[[_View], str]
_Test = Callable[[_View], bool]
_SPACES = re.compile(r"[ \t]+")
_LINES = re.compile(r" ?(\n ?)+")


class _Template:
    """A text in Inform's notation, ready to be rendered.

    Attributes:
        listed: the things whose contents the text lists.
        words: directions and names of things that the text mentions outside brackets.
    """

    def __init__(self, texts: Texts, thing: str, text: str) -> None:
        self._texts, self._thing = texts, thing
        self.listed: set[str] = set()
        self._tested: dict[str, set[str]] = {}
        tokens = re.findall(r"\[[^\]]*\]|[^\[\]]+|[\[\]]", text)
        self._tokens: list[str] = tokens[::-1]
        self._pieces = self._block(())
        self._plain = " ".join(token for token in tokens if token[0] != "[").lower()
        self.words = {way for way in DIRECTIONS if re.search(rf"\b{way}\b", self._plain)}
        self._mentioned = {thing, *self.listed, *self._tested}
        self._missing: set[str] = set()

    def render(self, view: _View) -> str:
        """The text for the current facts, with tidy whitespace."""
        text = "".join([piece if isinstance(piece, str) else piece(view) for piece in self._pieces])
        return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()

    def mentions(self, thing: str) -> bool:
        """Whether the text mentions the thing."""
        if thing not in self._mentioned and thing not in self._missing:
            name = r"\s+".join(map(re.escape, self._texts.game.name(thing).lower().split()))
            (self._mentioned if re.search(rf"\b{name}\b", self._plain) else self._missing).add(thing)
        return thing in self._mentioned

    def states(self, thing: str, state: str) -> bool:
        """Whether the text distinguishes this state of the thing from all others ("locked" is always mentioned)."""
        tested = self._tested.get(thing, ())
        return not state or state in tested or (state == "closed" and "open" in tested)

    def _block(self, ends: tuple[str, ...]) -> list[_Piece]:
        """The pieces up to a bracket that begins with one of `ends`, which stays unread."""
        pieces: list[_Piece] = []
        while self._tokens:
            token = self._tokens[-1]
            inner = token[1:-1].strip().lower() if token[0] == "[" else ""
            if inner and any(inner == end or inner.startswith(end + " ") for end in ends):
                return pieces
            self._tokens.pop()
            pieces.append(self._bracket(inner) if token[0] in "[]" else token)
        if ends:
            raise _NotUnderstoodError("no [end if]")
        return pieces

    def _bracket(self, inner: str) -> _Piece:
        name = self._texts.game.name(self._thing)
        plain = {"noun": name, "the noun": f"the {name}", "a noun": a(name), "an noun": a(name)}
        plain |= {"line break": "\n", "paragraph break": "\n", "'": "'", "bracket": "[", "close bracket": "]"}
        if inner in plain:
            return plain[inner]
        listing = re.fullmatch(r"(?:an? |the )?list of (?:things|objects) (?:in|on) (?:the )?(.+)", inner)
        if listing:
            thing = self._named(listing[1])
            self.listed.add(thing)
            texts = self._texts
            return lambda view: texts.listing(texts._contents(thing, view), view)
        if inner.startswith(("if ", "unless ")):
            return self._choice(inner)
        raise _NotUnderstoodError(inner)

    def _choice(self, inner: str) -> _Piece:
        branches: list[tuple[_Test, list[_Piece]]] = []
        while True:
            word, _, condition = inner.partition(" ")
            test = self._condition(condition) if condition else lambda view: True
            if word == "unless":
                test = _negated(test)
            branches.append((test, self._block(("end", "else", "otherwise"))))
            inner = self._tokens.pop()[1:-1].strip().lower()
            if inner in ("end if", "end unless"):
                break
            inner = re.sub(r"^(else|otherwise) (?=if|unless)", "", inner)
            if inner not in ("else", "otherwise") and not inner.startswith(("if ", "unless ")):
                raise _NotUnderstoodError(inner)

        def render(view: _View) -> str:
            for test, pieces in branches:
                if test(view):
                    return "".join([piece if isinstance(piece, str) else piece(view) for piece in pieces])
            return ""

        return render

    def _condition(self, condition: str) -> _Test:
        """Clauses joined by "and" or "or"; "and" binds tighter."""
        choices = [[self._clause(part) for part in either.split(" and ")] for either in condition.split(" or ")]
        if len(choices) == 1 and len(choices[0]) == 1:
            return choices[0][0]
        return lambda view: any(all(test(view) for test in tests) for tests in choices)

    def _clause(self, clause: str) -> _Test:
        clause = clause.strip()
        texts = self._texts
        bare = re.fullmatch(r"(?:not )?(open|closed|locked|unlocked|empty)", clause)
        if bare:
            return self._is(self._thing, bare[1], clause.startswith("not "))
        there = re.fullmatch(r"there (?:is|are) (something|nothing) (?:in|on) (?:the )?(.+)", clause)
        if there:
            return self._is(self._named(there[2]), "empty", there[1] == "something")
        has = re.fullmatch(r"(?:the )?(.+) (?:contains|has) (something|nothing)(?: (?:in|on) it)?", clause)
        if has:
            return self._is(self._named(has[1]), "empty", has[2] == "something")
        carried = re.fullmatch(r"(?:the )?player (?:carries|is carrying|has) (?:the )?(.+)", clause)
        if carried:
            thing = self._named(carried[1])
            return lambda view: thing in view.inside.get(CARRIED, ())
        state = re.fullmatch(r"(?:the )?(.+?) is (not )?(?:currently )?(\w+)", clause)
        if state:
            thing = self._named(state[1])
            if state[3] in (*_STATES, "unlocked", "empty"):
                return self._is(thing, state[3], bool(state[2]))
            if state[3] in _FOOD or state[3] in texts._own_conditions:
                kind, absent = state[3], bool(state[2])
                return lambda view: (kind in view.conditions.get(thing, ())) != absent
        raise _NotUnderstoodError(clause)

    def _is(self, thing: str, state: str, negated: bool) -> _Test:
        contents = self._texts._contents
        if state == "empty":
            return lambda view: (not contents(thing, view)) != negated
        if state == "unlocked":
            state, negated = "locked", not negated
        self._tested.setdefault(thing, set()).add(state)
        if state == "closed":  # in Inform, locked implies closed, but files test for locked later or not at all
            return lambda view: (view.state.get(thing) == "closed") != negated
        return lambda view: (view.state.get(thing) == state) != negated

    def _named(self, words: str) -> str:
        """The thing with that id or name."""
        if words in ("it", "noun", "the noun"):
            return self._thing
        words = spoken(words).removeprefix("the ")
        for thing in self._texts.game.entities:  # ids keep their case
            if thing.casefold() == words:
                return thing
        if words in self._texts._names:
            return self._texts._names[words][0]
        raise _NotUnderstoodError(words)


def _negated(test: _Test) -> _Test:
    return lambda view: not test(view)
