"""`ige`: fast environments for reinforcement-learning and agent research, and the algorithms that solve them.

`import ige` registers every id of the suite with Gymnasium; it loads no compiler, no torch and no window system.
"""

from .envs.registry import register_all

__version__ = "0.1.0"

register_all()
