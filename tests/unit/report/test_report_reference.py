"""The reference pages in the docs are those the program gives, and they are whole."""

import pytest

from mesenluth.endpoints.censoring import REASONS as TIME_ENDS
from mesenluth.quality.catalogue import load
from mesenluth.report.reference import PAGES
from mesenluth.response.disagreements import REASONS as DISAGREEMENTS
from mesenluth.response.rules import CLINICAL_RULES, COMPLICATION_RULES, METABOLIC_RULES, RULES


@pytest.mark.parametrize("page", PAGES)
def test_the_page_in_the_docs_is_up_to_date(root, page):
    assert (root / f"docs/{page}.md").read_text() == PAGES[page](root), (
        f"run: python -m mesenluth.report.reference {page} > docs/{page}.md"
    )


def test_every_id_that_a_result_may_hold_is_explained(root):
    definitions, quality = (PAGES[p](root) for p in ("definitions", "quality"))
    for reasons in (TIME_ENDS, DISAGREEMENTS):
        assert [r for r, meaning in reasons.items() if f"| `{r}` | {meaning} |" not in definitions] == []
    others = [r.id for r in (*METABOLIC_RULES, *CLINICAL_RULES, *COMPLICATION_RULES)]
    assert [r for r in (*RULES, *others) if f"| `{r}` |" not in definitions] == []
    assert [r for r in load().ids if f"| `{r}` |" not in quality] == []


@pytest.mark.parametrize(
    "section",
    ["response", "growth", "density", "metabolic", "clinical", "complications", "time", "survival", "statistics"],
)
def test_every_switch_is_listed(root, study, section):
    page = PAGES["definitions"](root)
    assert [k for k in study[section] if f"| `{section}.{k}` |" not in page] == []
