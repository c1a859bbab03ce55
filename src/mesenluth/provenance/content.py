"""What a file is by its content: its hash, and for a table of the pipeline what its footer says, checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import VerificationError


def canonical(plain: Any) -> bytes:
    """Return plain values as JSON text that is the same for the same values, one line an entry."""
    return (json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_hash(text: str | bytes) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


def footer_and_hash(path: str | Path) -> tuple[dict[str, Any], str]:
    """Return what a Parquet file's footer says of it, and the hash of the rows that it holds, read anew.

    Raises VerificationError if the file cannot be read as Parquet.
    """
    # Imported here: commands that only list and compare do not wait for pyarrow.
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ..tables.digest import Digest
    from ..tables.io import FOOTER

    try:
        with pq.ParquetFile(path) as file:
            about = json.loads((file.metadata.metadata or {}).get(FOOTER, b"{}"))
            digest = Digest(file.schema_arrow)
            for group in range(file.num_row_groups):
                digest.update(file.read_row_group(group))
    except (pa.ArrowException, OSError, ValueError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise VerificationError(f"{path}: not a readable Parquet file ({said})") from None
    return about, digest.hexdigest()


def describe(path: str | Path) -> dict[str, Any]:
    """Return the record of one file: sha256, bytes, and for a Parquet table name, rows and the hash of its rows.

    Raises VerificationError if a table does not hold what its footer says.
    """
    path = Path(path)
    found: dict[str, Any] = {"sha256": sha256(path), "bytes": path.stat().st_size}
    if path.suffix == ".parquet":
        about, logical = footer_and_hash(path)
        if about.get("sha256") != logical:
            raise VerificationError(
                f"{path}: its rows do not match the hash in its footer",
                do="find out who changed it; then remove the file and run the workflow again",
            )
        found |= {"table": about["table"], "rows": about["rows"], "logical": logical}
    return found
