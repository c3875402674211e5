"""The mapping editor as a person meets it: the real product, Chromium, a tool that listens."""

import json
import re

import pytest
from playwright.sync_api import expect

from .browser import open_page
from .product import Up, wait_for
from .tool import Answer, Tool

pytestmark = [pytest.mark.processes, pytest.mark.browser]

CONFIGURATION = """
workspace: {{slug: acme, name: Acme}}
sources:
  - {{slug: web, name: Website, write_keys: [wk_editor]}}
destinations:
  - slug: tests
    name: A/B tests
    integration: absmartly
    sources: [web]
    enabled: true
    settings: {{collectorEndpoint: "{url}", apiKey: hush-hush-4711, environment: production}}
"""


@pytest.fixture(autouse=True)
def _patience():
    """Each change goes to the server and back, on a machine that others may be using."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


@pytest.fixture
def product(tmp_path, tool):
    """A running product with a destination that calls `tool`."""
    up = Up(tmp_path / "home", ALLOW_PRIVATE_TARGETS="true", WORKERS="1")
    try:
        up.ready().apply(CONFIGURATION.format(url=tool.url))
        yield up
    finally:
        up.stop()


def send(product, event, **properties):
    product.track("wk_editor", event, properties=properties)


def open_editor(page, product):
    product.sign_in(page)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto(f"http://localhost:{product.port}/acme/destinations/tests/subscriptions/")
    page.locator("a.table-title").first.click()
    expect(page.get_by_role("heading", name="Mapping")).to_be_visible()


def test_a_subscription_is_edited_tried_saved_and_delivers_as_mapped(product, tool):
    send(product, "Order Completed", coupon="SPRING", total=42, products=[{"sku": "MUG"}])
    wait_for(lambda: tool.calls)

    with open_page() as page:
        open_editor(page, product)
        see_the_event(page)
        change_the_trigger(page)
        fill_a_field(page)
        tool.answer = Answer(200, b'{"thanks": "a lot"}')
        before = len(tool.calls)
        try_it(page)
        assert b"SPRING" in tool.calls[before].body

        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#notices")).to_contain_text("The subscription is saved.")
        expect(page.locator("table")).to_contain_text("properties.coupon != null")

    before = len(tool.calls)
    send(product, "Cart Viewed", total=1)
    send(product, "Order Completed", coupon="AUTUMN")
    wait_for(lambda: len(tool.calls) > before)
    bodies = b"".join(call.body for call in tool.calls[before:])
    assert b"AUTUMN" in bodies
    assert b"Cart Viewed" not in bodies


def see_the_event(page):
    expect(page.locator("#event-choice")).to_contain_text("track · Order Completed")
    expect(page.locator("#event-tree")).to_contain_text("SPRING")
    expect(page.locator("#trigger-verdict")).to_contain_text("1 of the last 1 events match")
    expect(page.locator("#preview")).to_contain_text('"Order Completed"')
    expect(page.locator("body")).not_to_contain_text("hush-hush-4711")


def change_the_trigger(page):
    """By the conditions first, then by the text: each follows the other."""
    text = page.locator("#trigger")
    lines = page.locator(".trigger-line")
    expect(text).to_have_value('type = "track" and event != "Experiment Viewed"')
    page.get_by_role("button", name="Condition", exact=True).click()
    expect(lines).to_have_count(3)
    lines.last.get_by_label("What is looked at").select_option("properties")
    lines.last.get_by_label("Which one").fill("coupon")
    lines.last.get_by_label("How it is compared").select_option("not_exists")
    expect(text).to_have_value(re.compile(r'"Experiment Viewed" and properties.coupon = null$'))
    expect(page.locator("#trigger-verdict")).to_contain_text("0 of the last 1 events")
    expect(page.locator("#preview")).to_contain_text("does not match the trigger")

    text.fill('type = "track" and (properties.coupon != null or')
    expect(page.locator("#trigger-verdict .error")).to_be_visible()
    expect(page.locator("#trigger-builder")).to_contain_text("The text cannot be read")

    text.fill('type = "track" and properties.coupon != null')
    expect(lines).to_have_count(2)
    expect(lines.last.get_by_label("How it is compared")).to_have_value("exists")
    expect(page.locator("#preview")).not_to_contain_text("does not match the trigger")


def fill_a_field(page):
    path = page.get_by_label("Path for Name", exact=True)
    row = page.locator(".mapping-row", has=path)
    path.fill("$.properties.nothing")
    expect(row).to_contain_text("This is required, and nothing fills it")
    expect(path).to_have_attribute("aria-invalid", "true")

    page.locator("[data-path='$.properties.coupon']").press("Enter")

    expect(path).to_have_value("$.properties.coupon")
    expect(row.locator(".piece-out")).to_have_text('"SPRING"')
    expect(path).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#preview")).to_contain_text('"SPRING"')


def try_it(page):
    page.get_by_role("button", name="Send it for real").click()
    sent = page.locator("#sent")
    expect(sent).to_contain_text("Delivered")
    expect(sent).to_contain_text('"SPRING"')
    expect(sent).to_contain_text('"thanks": "a lot"')
    expect(sent).not_to_contain_text("hush-hush-4711")


def test_rows_change_their_kind_and_nothing_typed_is_pressed_twice(product, tool):
    send(product, "Order Completed", coupon="SPRING", products=[{"sku": "MUG"}, {"sku": "TEA"}])
    wait_for(lambda: tool.calls)

    with open_page() as page:
        open_editor(page, product)
        row = page.locator(".mapping-row", has=page.locator("[id$='-kind'][aria-label*='Name']"))
        kind = row.locator(".piece-kind").first
        kind.select_option("first")
        expect(row.locator(".kind-path")).to_have_count(1)
        row.get_by_role("button", name="Else").click()
        expect(row.locator(".kind-path")).to_have_count(2)
        row.locator(".kind-path input.mono").nth(1).fill("$.properties.coupon")
        expect(row.locator(".kind-path .piece-out").nth(1)).to_have_text('"SPRING"')
        expect(row.locator(".kind-path")).to_have_count(2)

        # An item of a list: paths from the tree become relative to it.
        kind.select_option("each")
        expect(row.locator(".kind-each")).to_have_count(1)
        row.locator("input.mono").first.focus()
        page.locator("[data-path='$.properties.products']").click()
        expect(row.locator("input.mono").first).to_have_value("$.properties.products")
        row.locator("input.mono").nth(1).focus()
        page.locator("[data-path='$.properties.products[1].sku']").click()
        expect(row.locator("input.mono").nth(1)).to_have_value("$.sku")
        expect(row.locator(":scope > .mapping-value > .piece > .piece-out")).to_contain_text(
            '["MUG","TEA"]'
        )

        page.get_by_role("button", name="JSON", exact=True).click()
        shown = page.get_by_label("Mapping as JSON")
        expect(shown).to_be_visible()
        mapping = json.loads(shown.input_value())
        assert mapping["name"] == {"@arrayPath": ["$.properties.products", {"@path": "$.sku"}]}

        shown.fill(json.dumps({**mapping, "name": {"@nonsense": 1}}))
        page.get_by_role("button", name="Rows", exact=True).click()
        expect(page.locator(".mapping-row", has_text="Unknown directive @nonsense")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#editor-errors")).to_contain_text("Unknown directive @nonsense")
