"""The page of what each definition moves, from a grid of which one line is known."""

import pytest
from test_report_markdown import sensitivity, study, table

from mesenluth.errors import SourceError
from mesenluth.report.moved import main, page


def test_each_variant_stands_with_what_it_moved():
    rows = table("sensitivity", sensitivity())
    written = page(rows, study())
    variants = rows.loc[rows["position"] > 0, ["position", "key"]].drop_duplicates("position")
    assert written.count("\n| `") == len(variants)
    gone = rows["estimate"].isna() != rows["study_estimate"].isna()
    moving = rows[rows["moved"] & (gone | rows["difference"].abs().gt(1e-12).fillna(False))]
    assert f"{moving['position'].nunique()} of {len(variants)} variants move an estimate" in written
    row = moving.iloc[0]
    assert f"| `{row['key']}` | `{row['value']}` |" in written


def test_without_a_run_it_says_what_to_do(root, tmp_path):
    for name in ("config.yaml", "schemas"):
        (tmp_path / name).symlink_to(root / name)
    with pytest.raises(SourceError, match="no such table"):
        main(tmp_path)
