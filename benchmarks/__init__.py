"""Steps per second and start-up times, for the environments of the suite and for any Gymnasium id."""

from .report import Report, Target, bench, print_table
from .speed import Speed, measure
from .startup import Startup, start_up

__all__ = ["Report", "Speed", "Startup", "Target", "bench", "measure", "print_table", "start_up"]
