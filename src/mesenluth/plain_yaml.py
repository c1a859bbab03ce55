"""YAML that people write, read as plain values: no tag makes an object of it, no alias more of it than there is."""

from __future__ import annotations

from typing import Any, TextIO

import yaml

VALUES = 200_000
"""Values that a file may stand for once its aliases are written out."""


def parse(stream: TextIO, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """Return the one document of a stream as plain values; None if it is empty.

    Raises yaml.YAMLError for what is no YAML, for tags of objects, for values that are none (the 30th of February),
    for aliases that hold themselves, and for more than `VALUES` values.
    """
    reader = loader(stream)
    try:
        node = reader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > VALUES:
            raise yaml.YAMLError(f"more than {VALUES} values once its aliases are written out")
        return reader.construct_document(node)
    except UnicodeDecodeError:
        raise
    except (ValueError, TypeError, ArithmeticError) as error:
        raise yaml.YAMLError(str(error)) from None
    except RecursionError:
        raise yaml.YAMLError("nested too deeply") from None
    finally:
        reader.dispose()


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many values a node stands for; each node is counted once, however often it is named."""
    if id(node) not in known:
        known[id(node)] = -1
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            inner = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        known[id(node)] = 1 + sum(_size(part, known) for part in inner)
    if known[id(node)] < 0:
        raise yaml.YAMLError(f"line {node.start_mark.line + 1}: an alias that holds itself")
    return known[id(node)]
