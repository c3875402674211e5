"""What tools of chat say of an event when nobody has said otherwise: a line for each type."""

from destinations.integration import Field, Preset, path, setting, template


def line(text):
    """The mapping of a text in which {{who}} is the user's id, or the anonymous one."""
    known, unknown = (text.replace("{{who}}", f"{{{{{name}}}}}") for name in IDS)
    node = {"exists": path("$.userId"), "then": template(known), "else": template(unknown)}
    return {"@if": node}


IDS = ("userId", "anonymousId")
LINE = line("{{type}} {{event}}{{name}} by {{who}}")
LINES = {
    "track": "{{event}} by {{who}}",
    "identify": "{{who}} was identified: {{traits.email}}",
    "page": "{{who}} viewed the page {{name}} {{context.page.url}}",
    "screen": "{{who}} viewed the screen {{name}}",
    "group": "{{who}} joined the group {{groupId}} {{traits.name}}",
    "alias": "{{previousId}} is now {{userId}}",
}
# Whoever knows the webhook's URL can post: it is a secret setting, which mappings need not repeat.
# For tools whose hosts are known: a builder has to refuse other ones, as a mapping may name any.
URL = Field(
    "url",
    default=setting("webhookUrl"),
    required=True,
    format="uri",
    secret=True,
    label="Webhook URL",
)


def presets(action, field):
    """Return a preset for each type of call, which puts its line into `field`."""
    return [
        Preset(f"Post each {kind}", action, f'type = "{kind}"', mapping={field: line(text)})
        for kind, text in LINES.items()
    ]
