"""What a trace found, as a tree: the same for text, JSON and HTML."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "details{margin-left:1rem}summary{cursor:pointer}dl{margin:.2rem 0 .2rem 2rem}dt{float:left;clear:left;color:#555}"
    "dd{margin:0 0 0 12rem}"
)

PLAIN = (bool, int, float, list, type(None))


@dataclass
class Node:
    """One thing on the way from a number to its records.

    Attributes
    ----------
    title : str
    facts : dict
        Name -> plain value.
    children : list of Node
        What it rests on, or what it touches.
    more : dict
        Facts that the title says already; text leaves them out.
    """

    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return the tree as JSON values."""
        out: dict[str, Any] = {"title": self.title}
        facts = self.facts | self.more
        if facts:
            out["facts"] = {k: v if isinstance(v, PLAIN) else str(v) for k, v in facts.items()}
        if self.children:
            out["children"] = [c.plain() for c in self.children]
        return out

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the tree as indented text."""
        pad = "  " * depth
        yield pad + self.title
        for key, value in self.facts.items():
            if value is not None:
                yield f"{pad}    {key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for child in self.children:
            yield from child.lines(depth + 1)

    def page(self) -> str:
        """Return the tree as one HTML page that needs nothing else."""
        title = html.escape(self.title)
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{STYLE}</style></head>\n<body>\n{self._details(True)}</body></html>\n"
        )

    def _details(self, open_: bool = False) -> str:
        facts = "".join(
            f"<dt>{html.escape(str(k))}</dt><dd>{html.escape(str(v))}</dd>"
            for k, v in self.facts.items()
            if v is not None
        )
        inner = (f"<dl>{facts}</dl>" if facts else "") + "".join(c._details() for c in self.children)
        if not inner:
            return f"<div style='margin-left:1rem'>{html.escape(self.title)}</div>\n"
        return f"<details{' open' if open_ else ''}><summary>{html.escape(self.title)}</summary>{inner}</details>\n"
