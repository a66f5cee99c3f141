"""The rules of generated games, in the language that `grammar.parse` reads: STANDARD for houses, COOKING for kitchens.

Names and meanings are TextWorld's (Cote et al. 2018, arXiv 1806.11532), so that its games and ours read and play alike;
the texts are ours and contain only what a game needs to be played.
"""

from __future__ import annotations

from functools import lru_cache

MAX_RECIPE = 5

_THINGS = """
type t { rules { examine/t :: at(P, r) & $at(t, r) -> at(P, r); }
         commands { examine/t :: "examine {t}"; } }
type o : t {}
type k : o {}
type s : t {}
type P { rules { look :: at(P, r) -> at(P, r); }
         commands { look :: "look"; }
         reverse_rules { look :: look; } }
type c : t {
    rules {
        open/c :: $at(P, r) & $at(c, r) & closed(c) -> open(c);
        close/c :: $at(P, r) & $at(c, r) & open(c) -> closed(c);
        unlock/c :: $at(P, r) & $at(c, r) & $in(k, I) & $match(k, c) & locked(c) -> closed(c);
        lock/c :: $at(P, r) & $at(c, r) & $in(k, I) & $match(k, c) & closed(c) -> locked(c);
    }
    commands { open/c :: "open {c}"; close/c :: "close {c}";
               unlock/c :: "unlock {c} with {k}"; lock/c :: "lock {c} with {k}"; }
    reverse_rules { lock/c :: unlock/c; open/c :: close/c; }
}
type r {
    predicates { south_of(r, r') = north_of(r', r); east_of(r, r') = west_of(r', r); }
    rules {
        go/north :: at(P, r) & $north_of(r', r) & $free(r, r') & $free(r', r) -> at(P, r');
        go/south :: at(P, r) & $south_of(r', r) & $free(r, r') & $free(r', r) -> at(P, r');
        go/east :: at(P, r) & $east_of(r', r) & $free(r, r') & $free(r', r) -> at(P, r');
        go/west :: at(P, r) & $west_of(r', r) & $free(r, r') & $free(r', r) -> at(P, r');
    }
    commands { go/north :: "go north"; go/south :: "go south"; go/east :: "go east"; go/west :: "go west"; }
    reverse_rules { go/north :: go/south; go/west :: go/east; }
}
"""

_DOORS = """
type d : t {
    rules {
        open/d :: $at(P, r) & $link(r, d, r') & $link(r', d, r) & closed(d) -> open(d) & free(r, r') & free(r', r);
        close/d :: $at(P, r) & $link(r, d, r') & $link(r', d, r) & open(d) & free(r, r') & free(r', r) -> closed(d);
        unlock/d :: $at(P, r) & $link(r, d, r') & $link(r', d, r) & $in(k, I) & $match(k, d) & locked(d) -> closed(d);
        lock/d :: $at(P, r) & $link(r, d, r') & $link(r', d, r) & $in(k, I) & $match(k, d) & closed(d) -> locked(d);
        EXAMINE
    }
    commands { open/d :: "open {d}"; close/d :: "close {d}"; examine/d :: "examine {d}";
               unlock/d :: "unlock {d} with {k}"; lock/d :: "lock {d} with {k}"; }
    reverse_rules { lock/d :: unlock/d; open/d :: close/d; REVERSE }
}
"""

# FREE and USED stand for what a command requires of the player's hands, RELEASED and HELD for its effect on them.
_HANDS = """
type I {
    rules {
        inventory :: at(P, r) -> at(P, r);
        take :: $at(P, r) & at(o, r) FREE -> in(o, I) HELD;
        drop :: $at(P, r) & in(o, I) USED -> at(o, r) RELEASED;
        take/c :: $at(P, r) & $at(c, r) & $open(c) & in(o, c) FREE -> in(o, I) HELD;
        insert :: $at(P, r) & $at(c, r) & $open(c) & in(o, I) USED -> in(o, c) RELEASED;
        take/s :: $at(P, r) & $at(s, r) & on(o, s) FREE -> in(o, I) HELD;
        put :: $at(P, r) & $at(s, r) & in(o, I) USED -> on(o, s) RELEASED;
        examine/I :: PLACE(o, I) -> PLACE(o, I);
        examine/s :: at(P, r) & $at(s, r) & $on(o, s) -> at(P, r);
        examine/c :: at(P, r) & $at(c, r) & $open(c) & $in(o, c) -> at(P, r);
    }
    commands {
        inventory :: "inventory"; take :: "take {o}"; drop :: "drop {o}"; take/c :: "take {o} from {c}";
        insert :: "insert {o} into {c}"; take/s :: "take {o} from {s}"; put :: "put {o} on {s}";
        examine/I :: "examine {o}"; examine/s :: "examine {o}"; examine/c :: "examine {o}";
    }
    reverse_rules { inventory :: inventory; take :: drop; take/c :: insert; take/s :: put; REVERSE }
}
"""

_EATING = """
type f : o { rules { eat :: in(f, I) -> eaten(f); }
             commands { eat :: "eat {f}"; } }
"""

_FOOD = """
type object {}
type ingredient : t {}
type meal : f {}
type f : o {
    rules {
        eat :: in(f, I) & edible(f) USED -> consumed(f) RELEASED;
        drink :: in(f, I) & drinkable(f) USED -> consumed(f) RELEASED;
        slice :: $in(f, I) & $in(o, I) & $sharp(o) & uncut(f) -> sliced(f);
        dice :: $in(f, I) & $in(o, I) & $sharp(o) & uncut(f) -> diced(f);
        chop :: $in(f, I) & $in(o, I) & $sharp(o) & uncut(f) -> chopped(f);
    }
    commands { eat :: "eat {f}"; drink :: "drink {f}"; slice :: "slice {f} with {o}";
               dice :: "dice {f} with {o}"; chop :: "chop {f} with {o}"; }
}
"""

_APPLIANCE = """
type HEAT : PARENT {
    rules {
        cook/HEAT/burned :: $at(P, r) & $at(HEAT, r) & $in(f, I) & cooked(f) & edible(f) -> burned(f) & inedible(f);
        cook/HEAT/cooked/raw :: $at(P, r) & $at(HEAT, r) & $in(f, I) & raw(f) -> STYLE(f) & cooked(f);
        cook/HEAT/cooked/needs_cooking :: $at(P, r) & $at(HEAT, r) & $in(f, I) & needs_cooking(f) & inedible(f)
            -> STYLE(f) & edible(f) & cooked(f);
    }
    commands { cook/HEAT/burned :: "cook {f} with {HEAT}"; cook/HEAT/cooked/raw :: "cook {f} with {HEAT}";
               cook/HEAT/cooked/needs_cooking :: "cook {f} with {HEAT}"; }
}
"""


def _fill(text: str, **words: str) -> str:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


_NO_SLOTS = {"FREE": "", "HELD": "", "USED": "", "RELEASED": ""}
_SLOTS = {"FREE": "& free(slot)", "HELD": "& used(slot)", "USED": "& used(slot)", "RELEASED": "& free(slot)"}

STANDARD = (
    _THINGS
    + _fill(_DOORS, EXAMINE="examine/d :: at(P, r) & $link(r, d, r') -> at(P, r);", REVERSE="examine/d :: examine/d;")
    + _fill(
        _HANDS,
        **_NO_SLOTS,
        PLACE="in",
        REVERSE="examine/t :: examine/t; examine/I :: examine/I; examine/s :: examine/s; examine/c :: examine/c;",
    )
    + _EATING
)


def _recipe(size: int, drop: bool) -> str:
    """The rule that makes a meal of `size` ingredients. With slots, the meal keeps one and the others are freed."""
    foods = ["f" + "'" * i for i in range(size)]
    needs = "".join(f"& in({f}, I) & $ingredient_{i}({f}) " for i, f in enumerate(foods, 1))
    made = "in(meal, I) & edible(meal) & raw(meal) " + "".join(f"& used({f}) " for f in foods)
    if drop and size > 1:
        slots = ["slot" + "'" * i for i in range(1, size)]
        needs += "& $used(slot) " + "".join(f"& used({slot}) " for slot in slots)
        made += "".join(f"& free({slot}) " for slot in slots)
    return f"""
type RECIPE {{
    rules {{
        make/recipe/{size} :: $at(P, r) & $cooking_location(r, RECIPE) {needs}& $out(meal, RECIPE) -> {made};
    }}
    commands {{ make/recipe/{size} :: "prepare meal"; }}
}}
"""


@lru_cache(None)
def cooking_rules(drop: bool = False, recipe: int = MAX_RECIPE) -> str:
    """The rules of a kitchen where a meal takes `recipe` ingredients; with `drop`, slots limit what hands can hold.

    Two differences from TextWorld's own: a game has only the rule for its recipe's size, and a meal of four frees the
    slots of three ingredients (there, one of them is counted twice).
    """
    hands = _SLOTS if drop else _NO_SLOTS
    heats = {"oven": ("c", "roasted"), "toaster": ("c", "grilled"), "stove": ("s", "fried")}
    return (
        _THINGS
        + _fill(_DOORS, EXAMINE="", REVERSE="").replace('examine/d :: "examine {d}";', "")
        + ("type slot {}" if drop else "")
        + _fill(_HANDS, **hands, PLACE="at", REVERSE="")
        + _fill(_FOOD, **hands)
        + "".join(_fill(_APPLIANCE, HEAT=heat, PARENT=kind, STYLE=style) for heat, (kind, style) in heats.items())
        + _recipe(recipe, drop)
    )


COOKING = cooking_rules()
