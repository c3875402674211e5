"""From an event in the debugger to the filter that holds it back, in the real product."""

import pytest
from playwright.sync_api import expect

from .browser import open_page
from .product import Up, wait_for
from .tool import Tool

pytestmark = [pytest.mark.processes, pytest.mark.browser]

CONFIGURATION = """
workspace: {{slug: acme, name: Acme}}
sources:
  - {{slug: web, name: Website, write_keys: [wk_flow]}}
destinations:
  - slug: hook
    name: Data hook
    integration: webhook
    sources: [web]
    enabled: true
    settings: {{url: "{url}", secret: hush-hush-4711}}
    filters:
      - {{name: No cards, if: all, action: drop_properties, fields: {{properties: [card]}}}}
"""
STEPS = ["Rules of Website", "Destination", "Consent", "Integrations object", "Filters"]


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool.close()


@pytest.fixture
def product(tmp_path, tool):
    """A running product whose webhook, with a filter already, calls `tool`."""
    up = Up(tmp_path / "home", ALLOW_PRIVATE_TARGETS="true")
    try:
        up.ready().apply(CONFIGURATION.format(url=tool.url))
        yield up
    finally:
        up.stop()


def send(product, event, message_id):
    properties = {"total": 42, "card": "4111"}
    product.track("wk_flow", event, messageId=message_id, properties=properties)


def step(page, name):
    return page.locator(".flow-step", has=page.get_by_role("heading", name=name, exact=True))


def test_an_event_is_followed_and_a_filter_stops_the_next_one(product, tool):
    send(product, "Order Completed", "m-1")
    wait_for(lambda: tool.calls)
    assert tool.calls[0].json()["properties"] == {"total": 42}
    wait_for(lambda: product.query("SELECT count(*) FROM destinations_deliverysample") == 1)

    with open_page() as page:
        product.sign_in(page)
        page.wait_for_load_state()
        page.goto(f"http://localhost:{product.port}/acme/sources/web/debugger/")
        page.locator("#stream a").click()
        expect(page.locator("#pane")).to_contain_text("Delivered")
        page.get_by_role("link", name="What would happen, step by step").click()

        for name in [*STEPS, "Subscriptions"]:
            expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(page.locator(".notice-ok")).to_contain_text("It would be sent: 1 request")
        expect(step(page, "Destination")).to_contain_text("Delivered")
        expect(step(page, "Filters")).to_contain_text("Removes 1 property")
        request = step(page, "Subscriptions").get_by_label("Request")
        expect(request).to_contain_text("Order Completed")
        expect(request).not_to_contain_text("4111")
        expect(page.locator("body")).not_to_contain_text("hush-hush-4711")

        write_a_filter(page)

        page.goto(f"http://localhost:{product.port}/acme/sources/web/debugger/")
        page.locator("#stream a").click()
        expect(page.locator("#pane")).to_contain_text("Held back by “No orders”")
        page.locator("#pane").get_by_role("link", name="Data hook").click()
        expect(page.locator(".notice-warn")).to_contain_text("It stops at the filter “No orders”.")
        expect(step(page, "Subscriptions")).to_contain_text("Not reached")

    assert_the_filter_holds(product, tool)


def write_a_filter(page):
    """Write one with the rows; the verdict on the real event follows each change."""
    page.get_by_role("link", name="Data hook").last.click()
    page.get_by_role("link", name="Filters", exact=True).click()
    page.get_by_role("link", name="Add a filter").click()
    page.get_by_role("textbox", name="Name").fill("No orders")
    verdict, text = page.locator("#verdict"), page.get_by_label("The condition as text")
    count, row = page.locator("#filter-count"), page.get_by_role("group", name="Condition 1")

    row.get_by_label("Field").select_option("Property")
    expect(row).to_contain_text("Name a path")
    row.get_by_label("Path").fill("total")
    row.get_by_label("Comparison").select_option("is greater than")
    row.get_by_label("Value").fill("50")
    expect(text).to_have_value("properties.total > 50")
    expect(count).to_contain_text("Would touch none of the last 1 event")
    expect(verdict.locator(".rows li")).to_contain_text("Sent")

    row.get_by_label("Value").fill("40")
    expect(count).to_contain_text("Would drop 1 of the last 1 event")
    expect(verdict.locator(".rows li")).to_contain_text("Dropped")

    page.get_by_role("button", name="Add a condition").click()
    second = page.get_by_role("group", name="Condition 2")
    second.get_by_label("Value").fill("Login")
    expect(text).to_have_value("properties.total > 40 and event = 'Login'")
    expect(count).to_contain_text("Would touch none")
    page.get_by_label("How the conditions hang together").select_option(
        label="Events for which any of these holds"
    )
    expect(text).to_have_value("properties.total > 40 or event = 'Login'")
    expect(verdict.locator(".rows li")).to_contain_text("Dropped")

    # The text is the truth: the rows follow it, or make way for it.
    text.fill("length(properties.absent) > 0")
    expect(page.locator("#rows")).to_contain_text("shown as text only")
    text.fill("event = ")
    expect(page.locator("#condition-problem")).to_contain_text("Expected a value")
    text.fill("event = 'Order Completed'")
    expect(row.get_by_label("Value")).to_have_value("Order Completed")
    expect(verdict.locator(".rows li")).to_contain_text("Dropped")
    expect(text).to_be_focused()

    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notices")).to_contain_text("The filter is saved.")


def assert_the_filter_holds(product, tool):
    """The next order is filtered and not sent; what comes after it is."""
    send(product, "Order Completed", "m-2")
    send(product, "Login", "m-3")

    wait_for(lambda: len(tool.calls) == 2)
    filtered = "SELECT sum(count) FROM destinations_deliverycount WHERE code = 'FILTERED_BY_RULES'"
    wait_for(lambda: product.query(filtered) == 1)
    assert tool.message_ids() == ["m-1", "m-3"]
