"""The machinery that every family stands on: kernels, the compiled batch loops, and the faces over them."""

from .caption import Captioned
from .compile import bind, compiled
from .env import KernelEnv
from .kernel import Kernel, record_dtype, state_dtype
from .online import Comparator, OnlineEnv
from .parallel import KernelParallelEnv, Role, alike
from .vector import KernelVectorEnv

__all__ = [
    "Captioned",
    "Comparator",
    "Kernel",
    "KernelEnv",
    "KernelParallelEnv",
    "KernelVectorEnv",
    "OnlineEnv",
    "Role",
    "alike",
    "bind",
    "compiled",
    "record_dtype",
    "state_dtype",
]
