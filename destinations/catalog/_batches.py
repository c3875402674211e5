"""Batches whose events are looked at one by one: what a tool would not take stays behind, the rest
is sent.

    built, problems = sort_out(payloads, build)
    if not built:
        return problems
    response = yield Request(…, json=built)
    return together(problems, read_answer(response, built))
"""

from destinations.integration import InvalidPayload


def sort_out(payloads, build):
    """Return (what `build` makes of the payloads, for each payload None or what is wrong with it).

    Raises InvalidPayload for a payload that is alone.
    """
    built, problems = [], []
    for payload in payloads:
        try:
            built.append(build(payload))
            problems.append(None)
        except InvalidPayload as problem:
            if len(payloads) == 1:
                raise
            problems.append(problem)
    return built, problems


def together(problems, outcomes):
    """Return the outcome of each payload; `outcomes` of what was sent, None if all went well."""
    if outcomes is None:
        return problems
    outcomes = iter(outcomes)
    return [next(outcomes) if problem is None else problem for problem in problems]
