"""What solvers share: solutions, devices, statistics, files."""

from .claims import Claim
from .device import check_device, one_thread, resolve_device
from .files import write_json, write_text
from .ledger import Ledger
from .solution import Solution

__all__ = ["Claim", "Ledger", "Solution", "check_device", "one_thread", "resolve_device", "write_json", "write_text"]
