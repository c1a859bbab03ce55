"""A real browser for the tests of the report: the Chromium of this machine, one for all tests of a worker."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
WITHOUT = "MESENLUTH_WITHOUT_BROWSER"


def chromium() -> str:
    """Return the path of the browser; fails, and does not skip, where there is none and nobody said so."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get(WITHOUT):
        pytest.skip(f"no Chromium, as {WITHOUT} says")
    if found is None:
        pytest.fail(f"no Chromium on the PATH (apt-get install chromium); {WITHOUT}=1 goes without these tests")
    return found


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser, without a network to speak of."""
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser
        browser.close()


class Watched:
    """A page from a file, and everything it asked for or complained of."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.asked, self.said = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(file.as_uri())

    def strangers(self) -> list[str]:
        """Return what was asked of anything but the page itself."""
        own = self.page.url.split("#")[0]
        return [url for url in self.asked if not url.startswith(("data:", own))]


@contextmanager
def opened(browser: Browser, file: Path, **look) -> Iterator[Watched]:
    """Open a page in a fresh context: `viewport`, `color_scheme`, ...; nothing may be asked for or complained of."""
    context = browser.new_context(**look)
    watched = Watched(context.new_page(), file)
    yield watched
    assert watched.strangers() == []
    assert watched.said == []
    context.close()
