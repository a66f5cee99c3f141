"""The mathematical functions of kernels: against exact decimals, bit for bit, and that kernels use no others."""

from __future__ import annotations

import ast
import hashlib
import math
from collections.abc import Callable, Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray

from ige.envs.core import portable
from ige.envs.core.rng import words

Array = NDArray[np.float64]

ENVS = Path(portable.__file__).parents[1]
EXACT = Context(prec=45, Emin=MIN_EMIN, Emax=MAX_EMAX)
PI = Decimal("3.14159265358979323846264338327950288419716939937511")
TWO_PI = 2 * PI
UNITS = {"log": 0.6, "exp": 0.7, "cos_turn": 0.8, "sin_turn": 0.8}  # of error, of normal numbers
GOLDEN = {
    "log": "d48a273cda1564ea",
    "exp": "b5fcd5b7c4c9d124",
    "cos_turn": "53d1821f0cc6f9fb",
    "sin_turn": "6886e8c305cb8fbe",
}


@cache
def compiled(name: str) -> Callable[[Array], Array]:
    """The function over arrays."""
    function = getattr(portable, name)

    @njit
    def fill(x, out):
        for i in range(x.shape[0]):
            out[i] = function(x[i])

    def over(x: Array) -> Array:
        out = np.empty_like(x)
        fill(x, out)
        return out

    return over


def wave(turns: Decimal, term: Decimal, k: int) -> Decimal:
    """Taylor's series of the cosine (first term 1, k = 0) or the sine (first term the angle, k = 1)."""
    angle = TWO_PI * turns
    total = Decimal(0)
    while abs(term) > Decimal("1e-60"):
        total += term
        term *= -angle * angle / ((k + 1) * (k + 2))
        k += 2
    return total


def exactly(name: str, x: float) -> Decimal:
    """To some 40 digits."""
    at = Decimal(x)
    with localcontext(EXACT):
        match name:
            case "log":
                return at.ln()
            case "exp":
                return at.exp()
            case "cos_turn":  # around its zeros, as a sine
                quarter = (4 * at).to_integral_value()
                rest = at - quarter / 4
                sine = wave(rest, TWO_PI * rest, 1)
                return [wave(rest, Decimal(1), 0), -sine, -wave(rest, Decimal(1), 0), sine][int(quarter) % 4]
            case _:
                quarter = (4 * at).to_integral_value()
                rest = at - quarter / 4
                cosine, sine = wave(rest, Decimal(1), 0), wave(rest, TWO_PI * rest, 1)
                return [sine, cosine, -sine, -cosine][int(quarter) % 4]


def error(name: str, x: float, found: float) -> float:
    """In units in the last place."""
    exact = exactly(name, x)
    with localcontext(EXACT):
        return float(abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact))))


def uniforms(n: int, key: int) -> Array:
    """From 0 to 1, with the same bits everywhere."""
    return (words(np.arange(n, dtype=np.uint64) + np.uint64(key << 32))[:, 0] >> np.uint64(11)) * 2.0**-53


def inputs(name: str, n: int) -> Array:
    """Uniform ones, ones close to where the result is 0 or 1, and ones of all sizes, with the same bits everywhere."""
    u, v = uniforms(n, 1), uniforms(n, 2)
    shrunk = np.ldexp(v, -(50 * uniforms(n, 3)).astype(np.int64))
    match name:
        case "log":
            large = np.ldexp(1 + u, (2000 * v - 1000).astype(np.int64))
            return np.concatenate([1 - u, 1 + shrunk, 1 - shrunk / 2, large])
        case "exp":
            return np.concatenate([2 * u - 1, 1400 * u - 690, shrunk, -shrunk])
        case _:
            return np.concatenate([u, shrunk, 1 - shrunk, 0.125 * np.floor(8 * u) + shrunk / 8])


@pytest.mark.parametrize("name", UNITS)
def test_close_to_exact(name: str) -> None:
    x = inputs(name, 600)
    errors = {error(name, *case): case for case in zip(x.tolist(), compiled(name)(x).tolist(), strict=True)}
    assert max(errors) <= UNITS[name], errors[max(errors)]


@pytest.mark.parametrize("name", ["log", "exp"])
def test_at_most_one_unit_from_the_library(name: str) -> None:
    x = inputs(name, 5000)
    theirs = np.array(list(map({"log": math.log, "exp": math.exp}[name], x.tolist())))
    assert np.abs(compiled(name)(x).view(np.int64) - theirs.view(np.int64)).max() <= 1


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_log_of_any_number(x: float) -> None:
    assert error("log", x, portable.log(x)) <= 1


@given(st.floats(-745, 709))
def test_exp_of_any_number(x: float) -> None:
    assert error("exp", x, portable.exp(x)) <= 1


@given(st.integers(0, 2**53 - 1), st.integers(0, 60), st.integers(0, 8))
def test_turns_of_any_number(mantissa: int, shift: int, eighths: int) -> None:
    x = abs(eighths / 8 - mantissa * 2.0 ** -(53 + shift))
    assert error("cos_turn", x, portable.cos_turn(x)) <= 1
    assert error("sin_turn", x, portable.sin_turn(x)) <= 1


def test_edges() -> None:
    nan, inf = math.nan, math.inf
    cases = [
        ("log", 0.0, -inf),
        ("log", -0.0, -inf),
        ("log", -1.0, nan),
        ("log", inf, inf),
        ("log", -inf, nan),
        ("log", nan, nan),
        ("log", 1.0, 0.0),
        ("exp", 0.0, 1.0),
        ("exp", -0.0, 1.0),
        ("exp", 1e-300, 1.0),
        ("exp", 709.79, inf),
        ("exp", 1e300, inf),
        ("exp", inf, inf),
        ("exp", -745.2, 0.0),
        ("exp", -745.1, 5e-324),
        ("exp", -inf, 0.0),
        ("exp", nan, nan),
        ("cos_turn", nan, nan),
        ("cos_turn", inf, nan),
        ("sin_turn", nan, nan),
        ("sin_turn", -inf, nan),
        *(("cos_turn", k / 4, (1.0, 0.0, -1.0, 0.0, 1.0)[k]) for k in range(5)),
        *(("sin_turn", k / 4, (0.0, 1.0, 0.0, -1.0, 0.0)[k]) for k in range(5)),
    ]
    for name, x, expected in cases:
        found = getattr(portable, name)(x)
        assert np.array_equal(found, expected, equal_nan=True), (name, x, found)
        assert found != 0 or math.copysign(1, found) == 1, (name, x)


@pytest.mark.parametrize("name", UNITS)
def test_golden_bits(name: str) -> None:
    """The same on every machine: another digest means that worlds differ there."""
    found = compiled(name)(inputs(name, 5000))
    assert hashlib.sha256(found.tobytes()).hexdigest()[:16] == GOLDEN[name]


# --- that kernels use no others ---------------------------------------------------------------------------------------

EVERYWHERE_ALIKE = {"sqrt", "floor", "ceil", "isnan", "isinf", "isfinite", "fabs", "copysign", "inf", "nan", "pi"}

INEXACT = {
    *("exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "logaddexp", "sin", "cos", "tan", "sinh", "cosh"),
    *("tanh", "arcsin", "arccos", "arctan", "arctan2", "arcsinh", "arccosh", "arctanh", "hypot", "power", "cbrt"),
    "float_power",
    *("dot", "vdot", "matmul", "inner", "outer", "linalg"),  # BLAS
}
# The powers with a variable exponent of which both are whole numbers.
WHOLE = {"base ** (memory - 1)"}


def machine_dependent(source: str) -> Iterator[str]:
    """What compiled functions call that differs in the last bits from machine to machine."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef) or not function.decorator_list:
            continue
        if not any("inner" in (text := ast.unparse(mark)) or "njit" in text for mark in function.decorator_list):
            continue
        for node in ast.walk(function):
            text = ast.unparse(node) if isinstance(node, ast.expr) else ""
            match node:
                case ast.Attribute(value=ast.Name(id="math"), attr=attribute) if attribute not in EVERYWHERE_ALIKE:
                    yield text
                case ast.Attribute(value=ast.Name(id="np"), attr=attribute) if attribute in INEXACT:
                    yield text
                case ast.BinOp(op=ast.MatMult()):
                    yield text
                case ast.BinOp(left=ast.Constant(), op=ast.Pow(), right=ast.UnaryOp() | ast.Constant()):
                    pass  # a constant
                case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int())):
                    pass  # products
                case ast.BinOp(op=ast.Pow()) if text not in WHOLE:
                    yield text


def test_what_is_machine_dependent_is_found() -> None:
    source = "@inner\ndef f(x, y):\n    return math.log(x) + np.exp(x) + x**y + x @ y + x**0.5 + 2.0**-53 + x**2"
    assert sorted(machine_dependent(source)) == ["math.log", "np.exp", "x ** 0.5", "x ** y", "x @ y"]
    assert not list(machine_dependent(source.removeprefix("@inner\n")))


def test_kernels_use_nothing_machine_dependent() -> None:
    paths = sorted(ENVS.rglob("*.py"))
    found = {path.name: texts for path in paths if (texts := list(machine_dependent(path.read_text())))}
    assert len(paths) > 100
    assert not found
