"""Text of the tables in the language of the page.

The tables speak English: a text there is made of the phrases of `phrases`, with numbers in them. In a French page each
phrase is put into French, with its numbers written as French writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from ..figures.language import MINUS, french
from .phrases import PHRASES, SAME

FIELD = re.compile(r"\{(\w+)\}")
INTEGER, NUMBER, ANY = r"-?\d+", r"-?\d+(?:\.\d+)?", r".+?"
TYPES = {"n": INTEGER, "of": INTEGER, "k": INTEGER, "x": NUMBER, "y": NUMBER, "z": NUMBER, "lo": NUMBER, "hi": NUMBER}
"""What a field of this name holds; a field of any other name holds text, which is put into French itself."""
AS_IT_IS = ("level", "other")
ONLY_NUMBERS = re.compile(r"(?:p )?[<>=]? ?-?\d+(?:\.\d+)?(?: ?%)?")
MARK, MARK_OF = re.compile(r"\(s\)"), re.compile(r"\(s\|(\w+)\)")
JOINTS = {", ": ", ", " or ": " ou ", " and ": " et "}
TOKENS = 0xE000
"""Where Unicode has room for characters of one's own: each stands for a name while phrases are looked for."""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each English phrase as a pattern, and its French; the longer ones first."""
    found = []
    for english, words in sorted(PHRASES.items(), key=lambda p: -len(p[0])):
        parts = FIELD.split(english)
        plain = [re.escape(p).replace(r"\(s\)", "s?") for p in parts[::2]]
        fields = [f"(?P<{name}>{TYPES.get(name, ANY)})" for name in parts[1::2]]
        found.append((re.compile("".join(a + b for a, b in zip(plain, [*fields, ""], strict=True)), re.S), words))
    return tuple(found)


def _number(text: str) -> str:
    """Write the numbers of a text with a decimal comma and a true minus sign."""
    return re.sub(r"(?<![\w-])-(?=\d)", MINUS, re.sub(r"(?<=\d)\.(?=\d)", ",", text))


def _agree(text: str) -> str:
    """Put a word marked ``(s)`` into the plural where the last number before it is two or more."""

    def ending(found: re.Match[str]) -> str:
        numbers = re.findall(r"\d+", text[: found.start()])
        return "s" if numbers and int(numbers[-1]) >= 2 else ""

    return MARK.sub(ending, text)


def _filled(words: str, values: Mapping[str, str]) -> str:
    """Fill in the fields of a French phrase; ``(s|n)`` is the plural by the number in field n."""
    words = MARK_OF.sub(lambda found: "s" if int(values[found[1]]) >= 2 else "", words)
    return _agree(words.format(**values))


def _sentences(text: str) -> list[str]:
    """Return the parts of a text between semicolons that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == ";" and not depth and text[i : i + 2] == "; ":
            parts.append(text[start:i])
            start = i + 2
    return [*parts, text[start:]]


def _field(name: str, value: str, unknown: list[str]) -> str:
    if name in AS_IT_IS:
        return value
    return _number(value) if name in TYPES else _french(value, unknown)


def _french(text: str, unknown: list[str]) -> str:
    parts = _sentences(text)
    if len(parts) > 1:
        return " ; ".join(_french(part, unknown) for part in parts)
    if text in SAME or all(ord(c) >= TOKENS for c in text):
        return text
    if ONLY_NUMBERS.fullmatch(text):
        return _number(text)
    for pattern, words in _patterns():
        found = pattern.fullmatch(text)
        if found:
            fields = found.groupdict()
            values = {k: _field(k, v, unknown) for k, v in fields.items()}
            return _filled(words, values)
    for joint, words in JOINTS.items():
        if joint in text:
            return words.join(_french(part, unknown) for part in text.split(joint))
    unknown.append(text)
    return text


def sentence(lang: str, text: Any, names: dict[str, str] | None = None) -> str:
    """Return a text of a table in the language of the page; nothing for a missing one.

    Parameters
    ----------
    lang : str
    text : str or missing
    names : dict, optional
        Ids and labels of the study file as they stand in the text, and what they are called in the page.

    Examples
    --------
    >>> sentence("fr", "2/52 against 5 %: p = 0.515").replace(chr(160), " ")
    '2/52 contre 5 % : p = 0,515'
    """
    if text is None or text != text or type(text).__name__ == "NAType":
        return ""
    if lang != "fr":
        return str(text)
    ids = sorted(names or {}, key=len, reverse=True)
    plain = _tokens(str(text), ids)
    words = _french(plain, [])
    for i, name in enumerate(ids):
        words = words.replace(chr(TOKENS + i), (names or {})[name])
    return french(words)


def _tokens(text: str, names: Sequence[str]) -> str:
    """Put one character in place of each name, so that no phrase is looked for in it."""
    for i, name in enumerate(names):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", chr(TOKENS + i), text)
    return text


def without_words(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return the parts of a text that no phrase puts into French; `names` are put by the page."""
    unknown: list[str] = []
    _french(_tokens(text, sorted(names, key=len, reverse=True)), unknown)
    return unknown
