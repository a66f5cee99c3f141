"""What the compiled loop tells of states is what NumPy reads from them."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from ige.envs.core.kernel import Kernel, record_dtype, state_dtype
from ige.envs.core.tell import tell, told_dtype

KINDS = ["?", "i1", "i2", "i4", "i8", "u1", "u4", "u8", "f4", "f8"]
PART = record_dtype([("x", np.int8), ("y", np.float64)])
FIELDS = [(f"a_{kind.strip('?')}", kind) for kind in KINDS] + [
    ("row", "i4", (3,)),
    ("part", PART),
    ("parts", PART, (2,)),
]
LAST = [(f"last_{name}", *kind) for name, *kind in FIELDS]
OBSERVATION = record_dtype([("cell", np.int64)])


@njit
def tell_rows(state, told):
    for i in range(state.shape[0]):
        tell(state[i], told[i])


def kernel(info: list[tuple], final_info: list[tuple]) -> Kernel:
    state = state_dtype([*info, *final_info])
    names = [tuple(name for name, *_ in fields) for fields in (info, final_info)]
    return Kernel("none", state, OBSERVATION, key=(), info=names[0], final_info=names[1])


def told(declared: Kernel, state: np.ndarray) -> np.ndarray:
    found = np.frombuffer(bytearray(b"\7" * len(state) * told_dtype(declared).itemsize), told_dtype(declared))
    tell_rows(state, found)
    return found


def test_fields_of_every_kind() -> None:
    declared = kernel(FIELDS, LAST)
    rng = np.random.default_rng(0)
    state = np.frombuffer(
        bytearray(rng.integers(0, 2, 6 * declared.state.itemsize, np.uint8).tobytes()), declared.state
    )
    for name, *kind in [*FIELDS, *LAST]:
        if kind[0] in ("f4", "f8"):
            state[name] = rng.normal(size=6)
        elif kind[0] in ("i1", "i2", "i4", "i8"):
            state[name] -= 3
    found = told(declared, state)
    for name in declared.info:
        np.testing.assert_array_equal(found[name], state[name])
        kind = state[name].dtype.kind
        if state[name].ndim == 1 and kind in "iuf":
            assert found[name].dtype == (np.float64 if kind == "f" else np.int64)
    for name in declared.final_info:
        assert found[name].dtype == state[name].dtype
        np.testing.assert_array_equal(found[f"_{name}"], state["over"])
        np.testing.assert_array_equal(found[name][state["over"]], state[name][state["over"]])
        assert not np.ascontiguousarray(found[name][~state["over"]]).view(np.uint8).any()


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_numbers_that_are_not_known_are_left_out(kind: str) -> None:
    declared = kernel([], [("gap", kind)])
    state = np.zeros(5, declared.state)
    state["gap"], state["over"] = [np.nan, np.inf, -np.inf, 2, 3], [True, True, True, True, False]
    found = told(declared, state)
    assert found["_gap"].tolist() == [False, False, False, True, False]
    assert found["gap"].tolist() == [0, 0, 0, 2, 0]


def test_nothing_to_tell() -> None:
    declared = kernel([], [])
    assert told(declared, np.zeros(2, declared.state)).shape == (2,)
