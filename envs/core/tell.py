"""State fields that infos report, copied by the compiled loop into records of their own.

The loop has the state in cache. NumPy would fetch it from memory once more for every field.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import as_dtype

from .kernel import Kernel


def told_dtype(kernel: Kernel) -> np.dtype[Any]:
    """The info record of one row: `info`, then `final_info`, each with a flag `_name` that marks it as present."""
    fields: list[tuple[Any, ...]] = [(name, _wide(kernel.state[name])) for name in kernel.info]
    for name in kernel.final_info:
        fields += [(name, kernel.state[name]), (f"_{name}", np.bool_)]
    return np.dtype(fields or [("_", np.bool_)], align=True)


def _wide(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype widened to the width of Python's numbers."""
    wide: dict[str, Any] = {"i": np.int64, "u": np.int64, "f": np.float64}
    return np.dtype(wide.get(dtype.kind, dtype))


@intrinsic
def tell(typing_context: Any, row: Any, told: Any) -> Any:
    """Copy fields of a state. Those with a flag are zero unless the episode is over and the number is finite.

    It is written as a compiler intrinsic, since Numba takes long to compile a function that does the same.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        state, out = arguments

        def place(record: Any, kind: Any, name: str) -> Any:
            value = context.get_data_type(kind.typeof(name))
            return cgutils.get_record_member(builder, record, kind.offset(name), value)

        over = context.unpack_value(builder, types.boolean, place(state, row, "over"))
        for name in told.fields:
            if name.startswith("_"):
                continue
            source, target = row.typeof(name), told.typeof(name)
            at, to = place(state, row, name), place(out, told, name)
            has = over if f"_{name}" in told.fields else cgutils.true_bit
            if isinstance(target, types.Number | types.Boolean):
                value = context.cast(builder, context.unpack_value(builder, source, at), source, target)
                if f"_{name}" in told.fields:
                    if isinstance(target, types.Float):
                        for sign, end in ((">", -math.inf), ("<", math.inf)):
                            inside = builder.fcmp_ordered(sign, value, value.type(end))
                            has = builder.and_(has, inside)
                    value = builder.select(has, value, value.type(0))
                context.pack_value(builder, target, value, to)
            else:
                size = context.get_constant(types.intp, as_dtype(target).itemsize)
                with builder.if_else(has) as (there, absent):
                    with there:
                        cgutils.raw_memcpy(builder, to, at, size, 1)
                    with absent:
                        cgutils.memset(builder, to, size, 0)
            if f"_{name}" in told.fields:
                context.pack_value(builder, types.boolean, has, place(out, told, f"_{name}"))
        return context.get_dummy_value()

    return types.void(row, told), code
