"""The names of the editor's inputs: "m-3-parts-0-kind" is tree["3"]["parts"]["0"]["kind"]."""

# Deeper than any page draws; a forged name must not make us climb further.
MAX_STEPS = 64


def tree(data, prefix: str) -> dict:
    """Return the inputs below `prefix` as nested dicts. `data` maps names to texts.

    A browser sends line breaks as two characters; here they are one, as they were written.
    """
    found: dict = {}
    for name, text in data.items():
        first, *steps = name.split("-")
        if first == prefix and steps and len(steps) <= MAX_STEPS:
            _put(found, steps, text.replace("\r\n", "\n"))
    return found


def _put(node, steps, text):
    for step in steps[:-1]:
        node = node.setdefault(step, {})
        if type(node) is not dict:
            return  # a name that is both a text and a branch: nobody drew it
    node[steps[-1]] = text


def branches(node) -> list[tuple[str, dict]]:
    """Return the numbered branches of a tree in the order of their numbers."""
    if type(node) is not dict:
        return []
    numbered = [
        (int(step), step, branch)
        for step, branch in node.items()
        if step.isdecimal() and len(step) < 10 and type(branch) is dict
    ]
    return [(step, branch) for _, step, branch in sorted(numbered, key=lambda each: each[0])]


def text_at(node, name: str) -> str:
    value = node.get(name, "") if type(node) is dict else ""
    return value if type(value) is str else ""
