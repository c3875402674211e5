"""What a stranger does first: clone, `make up`, the curl line, two tools and a warehouse."""

import os
import re
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from .browser import open_page
from .product import free_port, wait_for
from .tool import Tool

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.processes, pytest.mark.browser]


class Clone:
    """A fresh clone in a temporary folder, with `make up` running in it."""

    def __init__(self, folder):
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        self.folder = folder
        self.port = free_port()
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"PORT": str(self.port), "ALLOW_PRIVATE_TARGETS": "true"}
        environment.pop("SWITCHYARD_HOME", None)
        self.process = subprocess.Popen(
            ["make", "up"],
            cwd=folder,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self):
        self.log.seek(0)
        return self.log.read()

    def read(self, pattern):
        return re.search(pattern, self.output)[1]

    def curl(self):
        """Run the very line that was printed."""
        line = self.output[self.output.index("curl ") :].split("\n\n")[0]
        return subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
            self.process.wait(30)


@pytest.fixture
def clone(tmp_path):
    clone = Clone(tmp_path / "switchyard")
    yield clone
    clone.stop()


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


def sign_in(page, clone):
    page.goto(f"http://localhost:{clone.port}/")
    page.get_by_label("E-mail").fill(clone.read(r"Sign in +(\S+)"))
    page.get_by_label("Password").fill(clone.read(r"Password +(\S+)"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def connect_webhook(page, url):
    page.get_by_role("link", name="Catalog").first.click()
    page.get_by_role("link", name=re.compile("^Webhook|We Webhook")).first.click()
    page.get_by_role("link", name="Connect").first.click()
    page.get_by_label("URL").fill(url)
    page.get_by_label("Website").check()
    page.get_by_role("button", name="Connect").click()
    switch = page.get_by_role("switch").first
    if switch.get_attribute("aria-checked") == "false":
        switch.click()
    expect(page.get_by_role("switch").first).to_have_attribute("aria-checked", "true")


def add_duckdb(page):
    page.get_by_role("link", name="Warehouses").first.click()
    page.get_by_role("link", name=re.compile("Add|New")).first.click()
    page.get_by_role("link", name=re.compile("DuckDB")).click()
    page.get_by_label("Website").check()
    page.get_by_role("button", name="Add the warehouse").click()


def test_the_first_event_reaches_debugger_webhook_and_warehouse(clone, tool):
    wait_for(
        lambda: "Ctrl-C stops" in clone.output or clone.process.poll() is not None, within_s=150
    )
    assert clone.process.poll() is None, clone.output

    with open_page() as page:
        sign_in(page, clone)
        connect_webhook(page, tool.url)
        add_duckdb(page)
        page.get_by_role("link", name="Sources").first.click()
        page.get_by_role("link", name="Website").first.click()
        page.get_by_role("link", name="Debugger").click()

        assert clone.curl() == '{"success":true}'

        expect(page.get_by_text("Order Completed").first).to_be_visible(timeout=2_500)
        wait_for(lambda: tool.calls)
        assert tool.calls[0].json()["event"] == "Order Completed"

        page.get_by_role("link", name="Warehouses").first.click()
        page.get_by_role("link", name=re.compile("DuckDB")).first.click()
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_text("Success").first).to_be_visible()

    (path,) = (clone.folder / "var").glob("**/*.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute("SELECT event_text, user_id FROM website.tracks").fetchall()
    assert rows == [("Order Completed", "ann")]
    clone.stop()
    assert "Traceback" not in clone.output, clone.output
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", clone.port)) != 0
