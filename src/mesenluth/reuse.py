"""Results of pure functions, used again while what they read of their arguments stays the same.

A function marked `reusable` is an ordinary function until a `Reuse` is active. Then each call is watched: of a mapping
(settings, tables) or a dataclass of plain settings only what the function reads counts, of all else the whole. A later
call whose arguments agree in all of that gets the result of the earlier one. What a function depends on is thus seen,
not declared: a new switch, or a new function, needs nothing here.

A reusable function must be pure: the same arguments give the same result, and neither is changed afterwards.
"""

from __future__ import annotations

import dataclasses
import functools
import numbers
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa

P = ParamSpec("P")
R = TypeVar("R")

_ACTIVE: ContextVar[Reuse | None] = ContextVar("mesenluth_reuse", default=None)
_ABSENT = object()
PLAIN = (str, bool, numbers.Number, type(None), tuple)


def reusable(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a pure function whose results may be used again."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        active = _ACTIVE.get()
        return function(*args, **kwargs) if active is None else cast(R, active.call(function, args, kwargs))

    return inner


class Reuse:
    """What was computed so far, and from what.

    Attributes
    ----------
    keep : bool
        Whether results of further calls are kept; those that are kept are used either way.
    """

    def __init__(self) -> None:
        self.keep = True
        self._known: dict[Callable[..., Any], list[tuple[_Arguments, Any]]] = {}

    @contextmanager
    def active(self) -> Iterator[None]:
        """Let reusable functions use what is known."""
        token = _ACTIVE.set(self)
        try:
            yield
        finally:
            _ACTIVE.reset(token)

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Return the result of a call, an earlier one where it was the same."""
        for arguments, result in self._known.get(function, ()):
            if arguments.fit(args, kwargs):
                return result
        arguments = _Arguments(args, kwargs)
        result = function(*arguments.args, **arguments.kwargs)
        if self.keep:
            self._known.setdefault(function, []).append((arguments.closed(), result))
        return result


class _Arguments:
    """The arguments of one call, those that are watched wrapped."""

    def __init__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.args = tuple(_watched(a) for a in args)
        self.kwargs = {k: _watched(v) for k, v in kwargs.items()}

    def closed(self) -> _Arguments:
        """Let go of what is watched and keep what was read of it."""
        self.args = tuple(_reads(a) for a in self.args)
        self.kwargs = {k: _reads(v) for k, v in self.kwargs.items()}
        return self

    def fit(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
        """Say whether another call would read the same."""
        return (
            len(args) == len(self.args)
            and kwargs.keys() == self.kwargs.keys()
            and all(_agrees(k, a) for k, a in zip(self.args, args, strict=True))
            and all(_agrees(v, kwargs[k]) for k, v in self.kwargs.items())
        )


class _Settings(Mapping[str, Any]):
    """A mapping that notes which of its values are read, in mappings and lists within it too."""

    def __init__(self, inner: Mapping[str, Any]) -> None:
        self._inner = inner
        self._read: dict[str, Any] = {}
        self._keys: tuple[str, ...] | None = None

    def __getitem__(self, key: str) -> Any:
        if key not in self._read:
            self._read[key] = _watched(self._inner[key]) if key in self._inner else _ABSENT
        if self._read[key] is _ABSENT:
            raise KeyError(key)
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        try:
            self[cast(str, key)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        self._keys = tuple(self._inner)
        return iter(self._keys)

    def __len__(self) -> int:
        return len(tuple(iter(self)))

    def reads(self) -> _MappingRead:
        return _MappingRead({k: _reads(v) for k, v in self._read.items()}, self._keys)


class _Fields:
    """A dataclass of plain settings that notes which of its fields are read."""

    def __init__(self, inner: Any) -> None:
        self.__dict__["_inner"], self.__dict__["_read"] = inner, {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        self._read[name] = value
        return value

    def reads(self) -> _FieldsRead:
        return _FieldsRead(dict(self._read))


@dataclasses.dataclass(frozen=True)
class _MappingRead:
    values: Mapping[str, Any]
    keys: tuple[str, ...] | None

    def agrees(self, other: Any) -> bool:
        if not isinstance(other, Mapping) or (self.keys is not None and tuple(other) != self.keys):
            return False
        for key, value in self.values.items():
            there = key in other
            if (value is _ABSENT) is there or (there and not _agrees(value, other[key])):
                return False
        return True


@dataclasses.dataclass(frozen=True)
class _FieldsRead:
    values: Mapping[str, Any]

    def agrees(self, other: Any) -> bool:
        return all(_agrees(v, getattr(other, k, _ABSENT)) for k, v in self.values.items())


@dataclasses.dataclass(frozen=True)
class _ListRead:
    values: list[Any]

    def agrees(self, other: Any) -> bool:
        same_length = isinstance(other, list) and len(other) == len(self.values)
        return same_length and all(_agrees(v, o) for v, o in zip(self.values, other, strict=True))


def _is_settings(value: Any) -> bool:
    """Return whether a value is a dataclass of plain values."""
    if isinstance(value, type) or not dataclasses.is_dataclass(value):
        return False
    return all(isinstance(getattr(value, f.name), PLAIN) for f in dataclasses.fields(value))


def _watched(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Settings(value)
    if isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
        return [_watched(v) for v in value]
    if isinstance(value, _Fields) or _is_settings(value):
        return _Fields(value)
    return value


def _reads(value: Any) -> Any:
    if isinstance(value, (_Settings, _Fields)):
        return value.reads()
    if isinstance(value, list) and any(isinstance(v, _Settings) for v in value):
        return _ListRead([_reads(v) for v in value])
    return value


def _agrees(known: Any, other: Any) -> bool:
    if isinstance(known, (_MappingRead, _FieldsRead, _ListRead)):
        return known.agrees(other)
    return _same(known, other)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same, to the type and to the bit."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (pd.DataFrame, pd.Series)):
        named = not isinstance(one, pd.Series) or one.name == other.name
        return named and one.shape == other.shape and bool(one.equals(other))
    if isinstance(one, np.ndarray):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fcmM"))
    if isinstance(one, (pa.Array, pa.ChunkedArray)):
        return bool(one.equals(other))
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if dataclasses.is_dataclass(one):
        return all(_same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(v, other[k]) for k, v in one.items())
    return repr(one) == repr(other)
