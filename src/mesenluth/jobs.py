"""The environment in which the workflow's jobs run."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from .rights import keep_private

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def prepare(home: str, source: str, environment: MutableMapping[str, str] = os.environ) -> None:
    """Make jobs run this Python and the package in `source`: the code that is hashed is the code that runs.

    Commands of rules find their programs by ``$MESENLUTH_HOME``, wherever the workflow lies.
    What they write is nobody else's business: patients' data are for the owner and the owner's group.
    A job has one thread unless its rule says otherwise: no library takes all cores behind the scheduler's back.
    """
    for variable, first in (("PATH", str(Path(sys.executable).parent)), ("PYTHONPATH", source)):
        rest = [p for p in environment.get(variable, "").split(os.pathsep) if p and p != first]
        environment[variable] = os.pathsep.join([first, *rest])
    environment["MESENLUTH_HOME"] = home
    keep_private()
    for variable in ONE_THREAD:
        environment.setdefault(variable, "1")
