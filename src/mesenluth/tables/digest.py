"""The hash of a table's content: the same whatever library, codec, row group or portion it was written in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Digest:
    """SHA-256 of a table that arrives in portions of rows.

    Each column keeps three streams, which missing values, lengths and bytes feed; the digest is the hash of the schema
    and of these. So it does not depend on where one portion ends and the next begins.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = pa.schema([pa.field(f.name, f.type, f.nullable) for f in schema])
        self._columns = [tuple(hashlib.sha256() for _ in range(3)) for _ in self._schema]

    def update(self, data: pa.Table) -> None:
        """Add rows of the schema's columns."""
        for (gaps, lengths, content), column in zip(self._columns, data.cast(self._schema).columns, strict=True):
            for array in column.chunks:
                # Gaps hold whatever the writer left there: fill them, and hash where they are.
                gaps.update(np.ascontiguousarray(array.is_null()).tobytes())
                for part in _plain(array):
                    if pa.types.is_string(part.type):
                        lengths.update(np.asarray(pc.binary_length(part)).tobytes())
                        content.update(_bytes_of(part))
                    else:
                        content.update(np.asarray(part).tobytes())

    def hexdigest(self) -> str:
        """Return the hash of all rows so far."""
        whole = hashlib.sha256(self._schema.to_string(show_field_metadata=False).encode())
        for streams in self._columns:
            for stream in streams:
                whole.update(stream.digest())
        return whole.hexdigest()


def _plain(array: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_string(array.type):
        yield array.fill_null("") if array.null_count else array
    elif pa.types.is_boolean(array.type):
        yield array.fill_null(False)
    elif pa.types.is_date32(array.type):
        yield array.view(pa.int32()).fill_null(0)
    else:
        yield array.fill_null(0)


def _bytes_of(array: pa.StringArray) -> memoryview | bytes:
    """Return the text of all rows, one after the other, without a copy."""
    _, offsets, content = array.buffers()
    if not len(array) or content is None:
        return b""
    at = np.frombuffer(offsets, dtype=np.int32)
    return memoryview(content)[at[array.offset] : at[array.offset + len(array)]]


def logical_hash(data: pa.Table) -> str:
    """Return the SHA-256 of the table's content."""
    digest = Digest(data.schema)
    digest.update(data)
    return digest.hexdigest()
