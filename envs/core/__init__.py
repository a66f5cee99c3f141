"""The machinery that every environment family uses: kernels, compiled batch loops, and the interfaces over them."""

from .caption import Captioned
from .compile import bind, compiled
from .env import KernelEnv
from .kernel import Kernel, record_dtype, state_dtype
from .online import Comparator, OnlineEnv
from .parallel import KernelParallelEnv, Role, alike
from .text import ParseError, TextInterface, has_text, text_interface
from .vector import KernelVectorEnv

__all__ = [
    "Captioned",
    "Comparator",
    "Kernel",
    "KernelEnv",
    "KernelParallelEnv",
    "KernelVectorEnv",
    "OnlineEnv",
    "ParseError",
    "Role",
    "TextInterface",
    "alike",
    "bind",
    "compiled",
    "has_text",
    "record_dtype",
    "state_dtype",
    "text_interface",
]
