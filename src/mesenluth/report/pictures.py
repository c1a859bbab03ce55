"""Pictures of the docs, made from the figures of the last runs, small enough to be committed.

python -m mesenluth.report.pictures docs/images
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import SourceError

WIDE, COLOURS = 1100, 64
"""Pixels and colours of a picture: figures are of few flat colours."""
PICTURES = {
    "flow": "results/figures/flow.png",
    "kaplan_meier": "results/figures/kaplan_meier.png",
    "waterfall_mesenteric": "results/figures/waterfall_mesenteric.png",
    "quality_map": "results/figures/quality_map.png",
    "forest_proportions": "results/figures/forest_proportions.png",
    "waterfall_intracranial": "results/intracranial/figures/waterfall_intracranial.png",
    "sensitivity": "results/intracranial/figures/sensitivity.png",
}
"""Picture -> the figure it is made from, of the default study and of `studies/intracranial.yaml`."""


def shrink(figure: Path, to: Path) -> None:
    """Write a figure as a small picture."""
    from PIL import Image

    with Image.open(figure) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((WIDE, 2 * WIDE))
    picture.quantize(COLOURS).save(to, optimize=True)


def main(folder: str, root: Path) -> None:
    """Write every picture; SourceError naming the first figure that no run left."""
    for name, figure in PICTURES.items():
        if not (root / figure).is_file():
            raise SourceError(f"{figure}: no such figure", do="run the two studies first: `make pictures`")
        shrink(root / figure, Path(folder) / f"{name}.png")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1], Path.cwd())
