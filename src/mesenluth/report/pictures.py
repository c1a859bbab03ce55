"""Pictures and gallery of the docs, made from the figures of the last runs, small enough to be committed.

python -m mesenluth.report.pictures docs/images
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import SourceError
from ..figures.contracts import contract
from ..figures.make import alt, caption
from ..figures.names import figure_names
from ..study import load
from ..tables.io import read_table

WIDE, COLOURS = 1100, 24
"""Pixels and colours of a picture: figures are of few flat colours."""
OTHERS = {
    "waterfall_intracranial": "results/intracranial/figures/waterfall_intracranial.png",
    "sensitivity_intracranial": "results/intracranial/figures/sensitivity.png",
}
"""Picture -> figure of `studies/intracranial.yaml`. Of the default study every figure is a picture of the same name."""
GALLERY = """# Gallery

Every figure of the default study, as the workflow draws it, on the synthetic registry. Each comes as SVG, PDF and PNG
with the Parquet table that it was drawn from, in English or French (`figures.language`). Written by `make pictures`; do
not edit it here.
"""


def shrink(figure: Path, to: Path) -> None:
    """Write a figure as a small picture."""
    from PIL import Image

    with Image.open(figure) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((WIDE, 2 * WIDE))
    picture.quantize(COLOURS).save(to, optimize=True)


def drawn(root: Path, study: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return what each figure of the last run was drawn from, without figures that have nothing to show."""
    folder = root / study["output"] / "figures"
    tables = {name: read_table(folder / f"{name}.parquet", contract(name)) for name in figure_names(study)}
    return {name: table for name, table in tables.items() if len(table)}


def gallery(tables: Mapping[str, pd.DataFrame], study: Mapping[str, Any]) -> str:
    """Return the page of all figures, each with its caption, and in words for those who do not see it."""
    parts = [GALLERY]
    for name, table in tables.items():
        said = alt(name, table, study).replace("[", "(").replace("]", ")").replace("\n", " ")
        parts.append(f"## {name.replace('_', ' ').capitalize()}\n")
        parts.append(f"![{said}](images/{name}.png)\n\n{caption(name, table, study)}\n")
    return "\n".join(parts)


def main(folder: str, root: Path) -> None:
    """Write every picture and the gallery beside their folder; SourceError naming the first figure that no run left."""
    study = load(root)
    tables = drawn(root, study)
    own = {name: f"{study['output']}/figures/{name}.png" for name in tables}
    for name, figure in {**own, **OTHERS}.items():
        if not (root / figure).is_file():
            raise SourceError(f"{figure}: no such figure", do="run the two studies first: `make pictures`")
        shrink(root / figure, Path(folder) / f"{name}.png")
    (Path(folder).parent / "gallery.md").write_text(gallery(tables, study), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1], Path.cwd())
