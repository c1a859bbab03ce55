"""Text to values: by declared rules, exactly, without a guess.

The dirt is of the kinds that public tools got wrong: decimal commas, thousands that look like decimals, narrow
spaces, dates that read two ways, codes nobody declared, units inside a number.
"""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesenluth.registry.parse import parse
from mesenluth.registry.source import Reading
from mesenluth.tables.model import Column
from mesenluth.tables.registry import MEASUREMENTS

LENGTH = MEASUREMENTS.column("longest_diameter_um")
DATE, INT, FLOAT = Column("d", "date", ""), Column("i", "int", ""), Column("f", "float", "")
TEXT, BOOL = Column("t", "string", ""), Column("b", "bool", "")
COMMA = Reading(decimal=",", missing=("", "NA"))


def one(text, column, reading=None):
    """Return the value (None where empty) and whether the text was refused."""
    values, reasons = parse(pd.Series([text], dtype=object), column, reading or Reading())
    value = values.iloc[0]
    return (None if pd.isna(value) else value), reasons.iloc[0] != ""


@pytest.mark.parametrize(
    ("text", "reading", "um"),
    [
        ("41.5", Reading(), 41_500),
        ("41", Reading(), 41_000),
        ("32.320", Reading(), 32_320),
        ("0.001", Reading(), 1),
        ("41,5", COMMA, 41_500),
        (" 41,5\u00a0", COMMA, 41_500),
        ("3.2", Reading(unit="cm"), 32_000),
        ("3.2001", Reading(unit="cm"), 32_001),
        ("10.1", Reading(), 10_100),  # 10.1 + 10.2 + 10.3 is 30.6 in integers, not in binary floats
    ],
)
def test_lengths_are_exact(text, reading, um):
    assert one(text, LENGTH, reading) == (um, False)


@given(st.integers(1, 4_000_000))
def test_every_micrometre_survives(um):
    text = f"{um // 1000}.{um % 1000:03d}"
    assert one(text, LENGTH) == (um, False)
    assert one(text.replace(".", ","), LENGTH, COMMA) == (um, False)


@pytest.mark.parametrize(
    ("text", "column", "reading"),
    [
        ("2,5 cm", LENGTH, COMMA),
        ("1.234", LENGTH, COMMA),  # 1.234 or 1234
        ("41,5", LENGTH, Reading()),
        ("-4", LENGTH, Reading()),
        ("12.34567", LENGTH, Reading()),  # finer than a micrometre
        ("1e2", LENGTH, Reading()),
        ("UNK", LENGTH, Reading()),
        ("3.5", INT, Reading()),
        ("three", INT, Reading()),
        ("1 234", FLOAT, Reading()),
        ("1.234", FLOAT, COMMA),
        ("nan", FLOAT, Reading()),
        ("inf", FLOAT, Reading()),
        ("2019-02-30", DATE, Reading()),
        ("2014-02", DATE, Reading()),
        ("2019-UN-UN", DATE, Reading()),
        ("20190201", DATE, Reading()),
        ("0019-01-01", DATE, Reading()),
        ("03/09/2018", DATE, Reading(formats=("%d/%m/%Y", "%m/%d/%Y"))),  # 3 September or 9 March
        ("X", BOOL, Reading(codes={"O": True, "N": False})),
        ("G9", TEXT, Reading(codes={"G1": "G1"})),
        ("yes", BOOL, Reading()),
    ],
)
def test_what_cannot_be_read_is_refused_and_left_empty(text, column, reading):
    assert one(text, column, reading) == (None, True)


@pytest.mark.parametrize(
    ("text", "column", "reading", "value"),
    [
        ("3", INT, Reading(), 3),
        ("3.0", INT, Reading(), 3),
        ("9007199254740993", INT, Reading(), 9007199254740993),  # 2^53 + 1 is no double
        ("3,5", FLOAT, COMMA, 3.5),
        ("2019-02-28", DATE, Reading(), pd.Timestamp("2019-02-28")),
        ("13/06/2018", DATE, Reading(formats=("%d/%m/%Y", "%m/%d/%Y")), pd.Timestamp("2018-06-13")),
        ("05/05/2018", DATE, Reading(formats=("%d/%m/%Y", "%m/%d/%Y")), pd.Timestamp("2018-05-05")),
        ("N", BOOL, Reading(codes={"O": True, "N": False, "9": None}), False),
        ("0012", TEXT, Reading(), "0012"),
        ("NA", TEXT, Reading(), "NA"),  # a site may be called so; only declared texts are missing
        ("FR01\u00a0", TEXT, Reading(), "FR01"),
    ],
)
def test_what_can_be_read(text, column, reading, value):
    assert one(text, column, reading) == (value, False)


@pytest.mark.parametrize("column", [LENGTH, INT, FLOAT, DATE, TEXT])
@pytest.mark.parametrize("text", [None, "", "  ", "NA"])
def test_missing_is_missing_and_no_fault(text, column):
    assert one(text, column, COMMA) == (None, False)


def test_known_to_be_unknown_is_no_fault():
    assert one("9", BOOL, Reading(codes={"O": True, "9": None})) == (None, False)


@pytest.mark.parametrize("column", [LENGTH, INT, FLOAT, DATE, TEXT, BOOL])
def test_no_rows_give_no_rows_of_the_right_type(column):
    values, reasons = parse(pd.Series([], dtype=object), column, Reading())
    some, _ = parse(pd.Series(["1"], dtype=object), column, Reading())
    assert len(values) == len(reasons) == 0
    assert values.dtype == some.dtype


@given(st.lists(st.text(max_size=12), max_size=8), st.sampled_from([LENGTH, INT, FLOAT, DATE, TEXT, BOOL]))
def test_any_text_is_read_refused_or_missing(texts, column):
    values, reasons = parse(pd.Series(texts, dtype=object), column, Reading())
    assert not (values.notna() & (reasons != "")).any()
