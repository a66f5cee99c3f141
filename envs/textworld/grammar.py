"""The rules of a world: types, and what each command needs and changes, read from TextWorld's logic language.

A rule is `name :: $kept(a) & used_up(a, b) -> added(b)`: every fact on the left must hold; the facts without `$` cease
to hold, and the facts on the right begin to hold. Different placeholders stand for different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

Fact = tuple[str, ...]  # a predicate and the ids of its arguments: ("at", "P", "r_0")


class GrammarError(ValueError):
    """The engine cannot represent a game; one line names the rule, type or predicate."""


@dataclass(frozen=True)
class Rule:
    """One way to act: facts over placeholders, and the words of its command.

    Attributes:
        types: the type of each placeholder.
        command: contains `{placeholder}`s; empty for a rule without a command.
    """

    name: str
    needs: tuple[Fact, ...]
    added: tuple[Fact, ...]
    removed: tuple[Fact, ...]
    types: dict[str, str]
    command: str = ""


@dataclass(frozen=True)
class Grammar:
    """Types (each with its parents), rules by name, and the inverse of each rule."""

    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    reverse: dict[str, str] = field(default_factory=dict)

    def is_a(self, kind: str, ancestor: str) -> bool:
        """Whether things of type `kind` are of type `ancestor`."""
        return kind == ancestor or any(self.is_a(parent, ancestor) for parent in self.parents.get(kind, ()))


_TOKEN = re.compile(
    r'"""(?P<block>.*?)"""|"(?P<string>[^"]*)"|#[^\n]*|(?P<mark>::|->|[{}();:,&$=])|(?P<word>[^\s{}();:,&$="#]+)', re.S
)
_IGNORED = {"constraints", "predicates", "code", "definition", "kind", "type"}


class _Tokens:
    def __init__(self, text: str) -> None:
        self.found: list[tuple[str, str]] = []
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind is not None:
                self.found.append((kind, match.group(kind)))
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.found[at] if at < len(self.found) else ("end", "the end")

    def take(self, expected: str | None = None) -> str:
        kind, value = self.peek()
        if kind == "end" or (expected is not None and (kind != "mark" or value != expected)):
            raise GrammarError(f"grammar: found {value!r} where {expected or 'more'!r} was expected")
        self.at += 1
        return value

    def is_next(self, mark: str) -> bool:
        return self.peek() == ("mark", mark)


@lru_cache(64)
def parse(text: str) -> Grammar:
    """Parse a text in TextWorld's logic language; `GrammarError` if it cannot be understood."""
    grammar = Grammar()
    tokens = _Tokens(text)
    raw: list[tuple[str, list, list]] = []
    commands: dict[str, str] = {}
    aliases: dict[str, tuple[Fact, list[Fact]]] = {}
    while tokens.peek()[0] != "end":
        if tokens.take() != "type":
            raise GrammarError(f"grammar: found {tokens.found[tokens.at - 1][1]!r} where 'type' was expected")
        name = tokens.take()
        parents = []
        if tokens.is_next(":"):
            tokens.take(":")
            parents.append(tokens.take())
            while tokens.is_next("&") or tokens.is_next(","):
                tokens.take()
                parents.append(tokens.take())
        grammar.parents[name] = tuple(parents)
        tokens.take("{")
        while not tokens.is_next("}"):
            _section(tokens, grammar, raw, commands, aliases)
        tokens.take("}")
    for rule, left, right in raw:
        grammar.rules[rule] = _rule(grammar, aliases, rule, left, right, commands.get(rule, ""))
    return grammar


def _section(tokens: _Tokens, grammar: Grammar, raw: list, commands: dict[str, str], aliases: dict) -> None:
    section = tokens.take()
    if section == "inform7":
        tokens.take("{")
        while not tokens.is_next("}"):
            _section(tokens, grammar, raw, commands, aliases)
        tokens.take("}")
        return
    if tokens.is_next("::"):  # code :: """..."""; or a definition
        while not tokens.is_next(";"):
            tokens.take()
        tokens.take(";")
        return
    tokens.take("{")
    while not tokens.is_next("}"):
        if section == "rules":
            name = tokens.take()
            tokens.take("::")
            left = _side(tokens)
            tokens.take("->")
            raw.append((name, left, _side(tokens)))
        elif section == "reverse_rules":
            name = tokens.take()
            tokens.take("::")
            other = tokens.take()
            grammar.reverse[name] = other
            grammar.reverse.setdefault(other, name)
        elif section == "commands":
            name = tokens.take()
            tokens.take("::")
            commands[name] = tokens.take()
        elif section == "predicates" and tokens.peek(1) == ("mark", "("):
            head = _atom(tokens)[1]
            if tokens.is_next("="):
                tokens.take("=")
                aliases[head[0]] = (head, [fact for _, fact in _side(tokens)])
        elif section not in _IGNORED:
            raise GrammarError(f"grammar: section {section!r} is unknown")
        while not tokens.is_next(";"):
            tokens.take()
        tokens.take(";")
    tokens.take("}")


def _atom(tokens: _Tokens) -> tuple[bool, Fact]:
    kept = tokens.is_next("$")
    if kept:
        tokens.take("$")
    name = tokens.take()
    tokens.take("(")
    terms = []
    while not tokens.is_next(")"):
        term = tokens.take()
        if tokens.is_next(":"):  # a placeholder with its type
            tokens.take(":")
            term = f"{term}:{tokens.take()}"
        terms.append(term)
        if tokens.is_next(","):
            tokens.take(",")
    tokens.take(")")
    return kept, (name, *terms)


def _side(tokens: _Tokens) -> list[tuple[bool, Fact]]:
    found = []
    while not (tokens.is_next(";") or tokens.is_next("->")):
        found.append(_atom(tokens))
        if tokens.is_next("&"):
            tokens.take("&")
    return found


def _rule(grammar: Grammar, aliases: dict, name: str, left: list, right: list, command: str) -> Rule:
    types: dict[str, str] = {}

    def plain(fact: Fact) -> list[Fact]:
        """Expand aliases, and note the placeholders' types: their own, or the name without its primes and digits."""
        terms = []
        for term in fact[1:]:
            placeholder, _, kind = term.partition(":")
            types.setdefault(placeholder, kind or placeholder.rstrip("'").rstrip("0123456789") or placeholder)
            terms.append(placeholder)
        if fact[0] not in aliases:
            return [(fact[0], *terms)]
        head, body = aliases[fact[0]]
        bound = dict(zip(head[1:], terms, strict=True))
        return [(part[0], *(bound.get(term, term) for term in part[1:])) for part in body]

    if any(fact[0].startswith(("!", "not_")) for _, fact in (*left, *right)):
        raise GrammarError(f"rule {name}: negated facts cannot be represented")
    needs = [fact for _, whole in left for fact in plain(whole)]
    kept = [fact for keep, whole in left if keep for fact in plain(whole)]
    after = kept + [fact for _, whole in right for fact in plain(whole)]
    for placeholder, kind in types.items():
        if kind not in grammar.parents:
            raise GrammarError(f"rule {name}: {placeholder} has type {kind!r}, which the grammar does not declare")
    return Rule(
        name,
        tuple(dict.fromkeys(needs)),
        tuple(dict.fromkeys(fact for fact in after if fact not in needs)),
        tuple(dict.fromkeys(fact for fact in needs if fact not in after)),
        types,
        command,
    )


def placeholders(command: str) -> Iterator[str]:
    """The names in braces in a command's words."""
    return iter(re.findall(r"{([^}]*)}", command))
