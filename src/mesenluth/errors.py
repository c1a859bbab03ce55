"""Errors that a person can act on.

Every message says what is wrong, where (file, table, row or key), what was expected and what to do.
The command line prints the message alone, without a traceback, and exits with the class's status.
"""

from __future__ import annotations


class MesenluthError(Exception):
    """An error caused by what a user gave, not by a fault of the program.

    Parameters
    ----------
    what : str
        What is wrong and where: file, table, row, key.
    expected : str, optional
        What was expected instead.
    do : str, optional
        What the reader can do about it.
    """

    exit_status = 1

    def __init__(self, what: str, expected: str = "", do: str = "") -> None:
        self.what, self.expected, self.do = what, expected, do
        parts = [what]
        if expected:
            parts.append(f"expected: {expected}")
        if do:
            parts.append(f"what to do: {do}")
        super().__init__("\n  ".join(parts))


class ConfigurationError(MesenluthError):
    """The study file, the mapping or the command line is wrong."""

    exit_status = 2


class SourceError(MesenluthError):
    """The registry cannot be read: missing, unreadable, or without a needed table or column."""

    exit_status = 3


class GateError(MesenluthError):
    """The data quality gate refuses this cut."""

    exit_status = 4


class JobError(MesenluthError):
    """A job of the workflow failed."""

    exit_status = 5


class IncompleteError(JobError):
    """Artifacts of the workflow are still to be made."""


class BusyError(MesenluthError):
    """Another run holds the project, or one was killed and could not let it go."""

    exit_status = 7


class TableError(MesenluthError):
    """A table does not keep its contract."""

    exit_status = 6


class VerificationError(MesenluthError):
    """A release, or what is to become one, is not what was recorded of it."""

    exit_status = 6
