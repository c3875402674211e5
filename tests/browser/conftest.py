"""A real Chromium, its visitors, and the sites they are on."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from sources.snippets import snippets

from .chromium import CHROMIUM, OPTIONS
from .collector import KEY, Collector, Pages

# Outside the repository, and kept from run to run.
NPM_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "switchyard-npm"
NPM_PACKAGES = ("@segment/analytics-next@1.84.3", "@segment/snippet@5.2.1")


# One process for all pages: a third of the time.
FEWER_PROCESSES = ["--renderer-process-limit=1", "--disable-features=site-per-process"]


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: `make test` installs it where it can")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, and Django takes that for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        options = [*OPTIONS, "--disable-site-isolation-trials", *FEWER_PROCESSES]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.close()


@pytest.fixture
def pages():
    pages = Pages()
    yield pages
    pages.close()


@pytest.fixture
def visitor(chromium):
    """A browser profile of its own. What a page throws fails the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Paris")
    context.set_default_timeout(8_000)
    thrown = []
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    yield context
    context.close()
    assert thrown == []


@pytest.fixture
def site(visitor, pages, collector):
    return Site(visitor, pages, collector.url)


@pytest.fixture(scope="session")
def segment():
    """The directory of Segment's own packages, installed from npm where that is possible."""
    packages = NPM_CACHE / "node_modules" / "@segment"
    if not shutil.which("npm"):
        pytest.skip("There is no npm")
    if not (packages / "snippet").exists() or not (packages / "analytics-next").exists():
        NPM_CACHE.mkdir(parents=True, exist_ok=True)
        flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(NPM_CACHE))
        command = ["npm", "install", *flags, *NPM_PACKAGES]
        try:
            subprocess.run(command, cwd=NPM_CACHE, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"npm cannot install {' '.join(NPM_PACKAGES)}: {error}")
    return Segment(packages)


class Segment:
    """What Segment publishes: the snippet and the script that it loads."""

    def __init__(self, packages: Path):
        self.packages = packages

    def snippet(self, host: str) -> str:
        """Return the published snippet with another host, and http where that speaks it."""
        options = json.dumps({"host": "cdn.example.com", "apiKey": KEY, "page": True})
        code = f"console.log(require({json.dumps(str(self.packages / 'snippet'))}).min({options}))"
        made = subprocess.run(["node", "-e", code], check=True, capture_output=True, text=True)
        assert made.stdout.count("https://cdn.example.com/") == 1
        return f"<script>{made.stdout.replace('https://cdn.example.com', host)}</script>"

    def script(self) -> str:
        path = self.packages / "analytics-next" / "dist" / "umd" / "standalone.js"
        return path.read_text().replace("__WRITE_KEY__", KEY)


class Site:
    """Pages with our snippet, at another origin than the collector `host`."""

    def __init__(self, visitor, pages, host):
        self.visitor, self.pages, self.host = visitor, pages, host

    def open(self, path="/", calls="", load="{}", page=None, head="", body="", first=True):
        """Open a page whose snippet calls `load` with options, `page()` if `first`, and `calls`."""
        snippet = snippets(KEY, self.host, "website")[0].code
        assert "queue.load(key);\n  queue.page();" in snippet
        snippet = snippet.replace("queue.load(key)", f"queue.load(key, {load})")
        if not first:
            snippet = snippet.replace("queue.page();", "")
        return self.show(f"{head}{snippet}<script>{calls}</script>{body}", path, page)

    def show(self, html, path="/", page=None):
        self.pages.html = f"<!doctype html><meta charset=utf-8><title>Shop</title>{html}"
        page = page or self.visitor.new_page()
        page.goto(self.pages.url + path)
        return page

    def live(self, *args, **options):
        """The same, once the script is there and has its settings."""
        page = self.open(*args, **options)
        page.evaluate("new Promise((resolve) => analytics.ready(resolve))")
        return page
