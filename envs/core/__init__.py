"""The machinery that every family stands on: kernels, the compiled batch loops, and the faces over them."""

from .compile import bind, compiled
from .env import KernelEnv
from .kernel import Kernel, record_dtype, state_dtype
from .vector import KernelVectorEnv

__all__ = ["Kernel", "KernelEnv", "KernelVectorEnv", "bind", "compiled", "record_dtype", "state_dtype"]
