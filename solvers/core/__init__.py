"""What solvers share: solutions, devices, statistics, files."""

from .device import resolve_device
from .files import write_json, write_text
from .solution import Solution

__all__ = ["Solution", "resolve_device", "write_json", "write_text"]
