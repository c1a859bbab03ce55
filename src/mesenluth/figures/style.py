"""The look of every figure: sizes, colours, fonts, and a page measured in millimetres.

Widths are those of journal columns. Colours are of the palette of Okabe and Ito (Color Universal Design, 2008),
which readers with colour blindness can tell apart; line styles and hatches repeat what colour says. The font is
the DejaVu Sans that matplotlib brings along, registered under a name of its own, so that another copy on the
system is never taken. The reader's own matplotlib settings have no influence.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

SINGLE_MM, DOUBLE_MM = 85.0, 180.0
MARGIN_MM = 2.0
BODY_PT, SMALL_PT, TITLE_PT = 7.0, 6.5, 8.5
MM_PER_PT = 25.4 / 72
DPI = 300

BLACK, GREY, LIGHT, PALE = "#000000", "#595959", "#BFBFBF", "#F2F2F2"
BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, VERMILION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"

FAMILY = "mesenluth sans"
FACES = (
    ("DejaVuSans.ttf", "normal", 400),
    ("DejaVuSans-Bold.ttf", "normal", 700),
    ("DejaVuSans-Oblique.ttf", "oblique", 400),
    ("DejaVuSans-BoldOblique.ttf", "oblique", 700),
)

SETTINGS: dict[Any, Any] = {
    "font.family": [FAMILY],
    "font.size": BODY_PT,
    "axes.labelsize": BODY_PT,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "xtick.labelsize": BODY_PT,
    "ytick.labelsize": BODY_PT,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.5,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "mesenluth",
    "pdf.fonttype": 42,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
NOT_STYLE = ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "tk.window_focus")

P = ParamSpec("P")
R = TypeVar("R")


def _register_fonts() -> None:
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    for file, slope, weight in FACES:
        font_manager.fontManager.ttflist.append(
            font_manager.FontEntry(
                fname=str(folder / file), name=FAMILY, style=slope, variant="normal", weight=weight,
                stretch="normal", size="scalable",
            )
        )  # fmt: skip


_register_fonts()
DEFAULTS: dict[Any, Any] = {k: v for k, v in matplotlib.rcParamsDefault.items() if k not in NOT_STYLE}


@contextmanager
def styled() -> Iterator[None]:
    """Put matplotlib's own defaults and this style in force, whatever the reader's settings say."""
    with matplotlib.rc_context(DEFAULTS | SETTINGS):
        yield


def in_style(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function run inside `styled`."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with styled():
            return function(*args, **kwargs)

    return inner


@functools.lru_cache(maxsize=8192)
def _width_pt(text: str, bold: bool) -> float:
    font = font_manager.FontProperties(family=FAMILY, weight=700 if bold else 400, size=100)
    return text_to_path.get_text_width_height_descent(text, font, False)[0]


def width_mm(text: str, size: float = BODY_PT, bold: bool = False) -> float:
    """Return how wide a line of text is."""
    return _width_pt(text, bold) / 100 * size * MM_PER_PT


def line_mm(size: float = BODY_PT) -> float:
    """Return the distance between two lines of text."""
    return 1.28 * size * MM_PER_PT


def wrap(text: str, width: float, size: float = BODY_PT, bold: bool = False) -> list[str]:
    """Break text into lines that are at most `width` mm wide; a word that is too long is cut.

    No-break spaces are kept. An empty text gives one empty line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width_mm(longer, size, bold) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            while width_mm(word, size, bold) > width and len(word) > 1:
                cut = len(word) - 1
                while cut > 1 and width_mm(word[:cut], size, bold) > width:
                    cut -= 1
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        lines.append(line)
    return lines


class Page:
    """A figure of fixed width: title above, drawing, notes and notice below.

    Positions are millimetres from the upper left corner of the drawing, downwards.

    Parameters
    ----------
    body_mm : float
        Height of the drawing.
    title : str
        Printed above it.
    notes : sequence of str
        Printed below it, each on lines of its own.
    notice : str
        What must be said of the data; printed last, in bold. Empty where there is nothing to say.
    width_mm : float
        Width of the whole figure.
    """

    def __init__(
        self,
        body_mm: float,
        title: str,
        notes: Sequence[str] = (),
        notice: str = "",
        width_mm: float = DOUBLE_MM,
    ) -> None:
        self.width, self.body = width_mm, body_mm
        inner = width_mm - 2 * MARGIN_MM
        head = wrap(title, inner, TITLE_PT, bold=True)
        foot = [(n, False) for note in notes for n in wrap(note, inner, SMALL_PT)]
        foot += [(n, True) for n in wrap(notice, inner, BODY_PT, bold=True)] if notice else []
        self.top = MARGIN_MM + len(head) * line_mm(TITLE_PT) + 1.5
        below = sum(line_mm(BODY_PT if bold else SMALL_PT) for _, bold in foot)
        self.height = self.top + body_mm + (below + 2.0 if foot else 0) + MARGIN_MM
        self.figure = Figure(figsize=(self.width / 25.4, self.height / 25.4))
        FigureCanvasAgg(self.figure)
        self.canvas = self.figure.add_axes((0, 0, 1, 1), zorder=-1)
        self.canvas.set_xlim(0, self.width)
        self.canvas.set_ylim(self.height - self.top, -self.top)
        self.canvas.set_axis_off()
        y = MARGIN_MM - self.top
        for line in head:
            self.text(MARGIN_MM, y, line, size=TITLE_PT, bold=True)
            y += line_mm(TITLE_PT)
        y = body_mm + 2.0
        for line, bold in foot:
            size = BODY_PT if bold else SMALL_PT
            self.text(MARGIN_MM, y, line, size=size, bold=bold, colour=BLACK if bold else GREY)
            y += line_mm(size)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = BODY_PT,
        bold: bool = False,
        colour: str = BLACK,
        align: str = "left",
        clip: bool = False,
    ) -> Text:
        """Print one line whose upper edge lies at `y`."""
        return self.canvas.text(
            x, y + 0.5 * line_mm(size), words, fontsize=size, fontweight=700 if bold else 400, color=colour,
            ha=align, va="center_baseline", clip_on=clip,
        )  # fmt: skip

    def lines(self, x: float, y: float, lines: Sequence[str], **about: Any) -> float:
        """Print lines one below the other and return where the next would start."""
        for line in lines:
            self.text(x, y, line, **about)
            y += line_mm(about.get("size", BODY_PT))
        return y

    def box(self, x: float, y: float, width: float, height: float, **about: Any) -> Rectangle:
        """Draw a rectangle."""
        about = {"facecolor": "white", "edgecolor": BLACK, "linewidth": 0.6, **about}
        patch = Rectangle((x, y), width, height, **about)
        self.canvas.add_patch(patch)
        return patch

    def line(self, xs: Sequence[float], ys: Sequence[float], **about: Any) -> Line2D:
        """Draw a line."""
        about = {"color": BLACK, "linewidth": 0.6, **about}
        return self.canvas.add_line(Line2D(xs, ys, **about))

    def arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw an arrow."""
        self.canvas.annotate(
            "", xy=end, xytext=start, xycoords="data",
            arrowprops={"arrowstyle": "-|>,head_length=0.28,head_width=0.14", "linewidth": 0.6, "color": BLACK,
                        "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return axes whose frame is that rectangle of the drawing."""
        bottom = self.height - self.top - y - height
        return self.figure.add_axes((x / self.width, bottom / self.height, width / self.width, height / self.height))

    def entries(self, y: float, entries: Sequence[tuple[dict[str, Any], str]], left: float, right: float) -> float:
        """Print legend entries (look of a swatch, words) in rows; return where the next row would start."""
        x, height = left, line_mm(BODY_PT)
        for look, words in entries:
            width = 6.0 + width_mm(words)
            if x > left and x + width > right:
                x, y = left, y + height
            self.box(x, y + 0.5, 4.2, height - 1.0, **look)
            self.text(x + 5.4, y, words)
            x += width + 4.0
        return y + height

    @staticmethod
    def entry_rows(words: Sequence[str], left: float, right: float) -> int:
        """Return how many rows `entries` takes."""
        x, rows = left, 1
        for w in words:
            width = 6.0 + width_mm(w)
            if x > left and x + width > right:
                x, rows = left, rows + 1
            x += width + 4.0
        return rows
