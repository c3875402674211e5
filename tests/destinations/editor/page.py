"""A page as a browser reads it: what its form would send."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self):
        super().__init__()
        self.sent: dict[str, str] = {}
        self.select = self.textarea = None
        self.text = ""

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "input" and name:
            box = attributes.get("type") == "checkbox"
            if not box or "checked" in attributes:
                value = attributes.get("value") or ""
                # A line of text holds no line breaks.
                hidden = attributes.get("type") == "hidden"
                self.sent[name] = value if hidden else value.replace("\n", "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and self.select not in self.sent:
            self.sent[self.select] = attributes["value"]
        elif tag == "textarea":
            self.textarea, self.text = name, ""
        if tag == "option" and self.select and "selected" in attributes:
            self.sent[self.select] = attributes["value"]

    def handle_data(self, data):
        if self.textarea:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea" and self.textarea:
            # The first line break after the tag is none of the text.
            text = self.text.removeprefix("\n")
            self.sent[self.textarea] = text.replace("\n", "\r\n")
            self.textarea = None


def sent_by(html: str) -> dict[str, str]:
    """Return the names and values that the form on a page sends when nothing was touched."""
    form = _Form()
    form.feed(html)
    return form.sent
