"""The hardware and software of a measurement, without naming the machine."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numba


@dataclass(frozen=True)
class Machine:
    """Processor, cores and threads available to this process, and the versions that matter for speed."""

    cpu: str
    cores: int
    threads: int
    system: str
    python: str
    numpy: str
    numba: str
    gymnasium: str

    @classmethod
    def here(cls) -> Machine:
        """The machine that this process runs on."""
        return cls(
            cpu=_cpu(),
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            threads=numba.get_num_threads(),
            system=f"{platform.system()} {platform.machine()}",
            python=f"{platform.python_implementation()} {platform.python_version()}",
            numpy=version("numpy"),
            numba=version("numba"),
            gymnasium=version("gymnasium"),
        )

    def __str__(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores, {self.threads} threads; {self.system}, {self.python}, "
            f"numpy {self.numpy}, numba {self.numba}, gymnasium {self.gymnasium}"
        )


def _cpu() -> str:
    """The processor's model as reported by the system."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
