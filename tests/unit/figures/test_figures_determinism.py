"""The same tables give the same bytes, in another process, with another hash seed and another person's settings."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from test_figures_samples import study

from mesenluth.figures.names import figure_names

HERE = Path(__file__).parent
PROGRAM = """
import sys
sys.path[:0] = [{src!r}, {here!r}]
from test_figures_samples import study, tables
from mesenluth.figures.make import draw_all
draw_all(tables(52), study("fr"), sys.argv[1])
"""


def draw(folder: Path, seed: str, **settings: str) -> dict[str, str]:
    """Draw every figure in a process of its own and return the SHA-256 of each file."""
    program = PROGRAM.format(src=str(HERE.parents[2] / "src"), here=str(HERE))
    environment = {**os.environ, "PYTHONHASHSEED": seed, **settings}
    subprocess.run([sys.executable, "-c", program, str(folder)], env=environment, check=True, cwd=folder.parent)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_drawn_twice_is_the_same_to_the_byte(tmp_path):
    rc = tmp_path / "matplotlibrc"
    rc.write_text("font.size: 20\nsvg.fonttype: none\nfigure.dpi: 50\nlines.linewidth: 9\n", encoding="utf-8")
    first = draw(tmp_path / "one", "1")
    second = draw(
        tmp_path / "two", "2", MATPLOTLIBRC=str(rc), TZ="Asia/Tokyo", SOURCE_DATE_EPOCH="1", LC_ALL="C", LANG="C"
    )
    assert len(first) == 3 * len(figure_names(study()))
    assert first == second
