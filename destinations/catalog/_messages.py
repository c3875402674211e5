"""What tools of chat say of an event when nobody has said otherwise: a line for each type."""

from destinations.integration import Field, Preset, setting, template

LINE = template("{{type}} {{event}}{{name}} by {{userId}}")
LINES = {
    "track": "{{event}} by {{userId}}",
    "identify": "{{userId}} was identified: {{traits.email}}",
    "page": "{{userId}} viewed the page {{name}} {{context.page.url}}",
    "screen": "{{userId}} viewed the screen {{name}}",
    "group": "{{userId}} joined the group {{groupId}} {{traits.name}}",
    "alias": "{{previousId}} is now {{userId}}",
}
# Whoever knows the webhook's URL can post: it is a secret setting, which mappings need not repeat.
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
        Preset(f"Post each {kind}", action, f'type = "{kind}"', mapping={field: template(line)})
        for kind, line in LINES.items()
    ]
