"""Contacts of HubSpot. Facts as in hubspot.py."""

from destinations.catalog._hubspot_values import in_path, properties_of
from destinations.integration import Rejected, Request, ServerFault, Throttled, Unauthorized

CONTACTS = "/crm/v3/objects/contacts"
FAILURES = (Rejected, ServerFault, Throttled, Unauthorized)

PROPERTIES = (
    "email",
    "company",
    "firstname",
    "lastname",
    "phone",
    "address",
    "city",
    "state",
    "country",
    "zip",
    "website",
    "lifecyclestage",
)


def write_contact(payload):
    properties = properties_of(payload, PROPERTIES)
    update = _contact_request(payload["email"], properties)
    try:
        response = yield update
    except Rejected as error:
        if error.status != 404:
            raise
        yield Request("POST", CONTACTS, json={"properties": properties})
        return
    stage = payload.get("lifecyclestage")
    if stage and _is_behind(response.json(), stage.lower()):
        # HubSpot moves a stage forward only, unless there is none.
        yield _contact_request(payload["email"], {"lifecyclestage": ""})
        yield update


def write_contacts(payloads):
    """Write a batch; the outcomes, in order. Of several calls for one contact the last holds."""
    wanted = {
        one["email"].lower(): properties_of({**one, "email": one["email"].lower()}, PROPERTIES)
        for one in payloads
    }
    known = yield from _find_contacts(wanted)
    outcomes = {}
    new = {email: values for email, values in wanted.items() if email not in known}
    if new:
        inputs = [{"properties": values} for values in new.values()]
        try:
            yield Request("POST", f"{CONTACTS}/batch/create", json={"inputs": inputs})
        except FAILURES as error:
            outcomes |= dict.fromkeys(new, error)
    updates = {record["id"]: _without_email(wanted[email]) for email, record in known.items()}
    if updates:
        inputs = [{"id": one, "properties": values} for one, values in updates.items()]
        try:
            yield from _update_contacts(inputs)
        except FAILURES as error:
            outcomes |= dict.fromkeys(known, error)
    return [outcomes.get(one["email"].lower()) for one in payloads]


def find_contact_id(email):
    url = f"{CONTACTS}/{in_path(email)}"
    try:
        response = yield Request("GET", url, query={"idProperty": "email"})
    except Rejected as error:
        if error.status != 404:
            raise
        # The identify call may be on its way still.
        raise ServerFault(f"HubSpot knows no contact {email} yet", status=404) from error
    return response.object().get("id")


def _contact_request(email, properties):
    url = f"{CONTACTS}/{in_path(email)}"
    return Request("PATCH", url, query={"idProperty": "email"}, json={"properties": properties})


def _is_behind(record, wanted):
    properties = record.get("properties")
    return type(properties) is dict and properties.get("lifecyclestage") != wanted


def _find_contacts(emails):
    """Ask which contacts there are; {e-mail: record}, also by a contact's further addresses."""
    body = {
        "properties": ["email", "lifecyclestage", "hs_additional_emails"],
        "idProperty": "email",
        "inputs": [{"id": email} for email in emails],
    }
    response = yield Request("POST", f"{CONTACTS}/batch/read", json=body)
    found = {}
    for record in response.objects("results"):
        properties = record.get("properties") or {}
        further = (properties.get("hs_additional_emails") or "").split(";")
        for email in (properties.get("email") or "", *further):
            if email.strip().lower() in emails:
                found[email.strip().lower()] = record
    return found


def _update_contacts(inputs):
    update = Request("POST", f"{CONTACTS}/batch/update", json={"inputs": inputs})
    response = yield update
    wanted = {one["id"]: one["properties"].get("lifecyclestage") for one in inputs}
    records = response.objects("results")
    behind = [
        one["id"] for one in records if wanted.get(one["id"]) and _is_behind(one, wanted[one["id"]])
    ]
    if behind:
        for stages in (dict.fromkeys(behind, ""), {one: wanted[one] for one in behind}):
            changes = [
                {"id": one, "properties": {"lifecyclestage": stage}}
                for one, stage in stages.items()
            ]
            yield Request("POST", f"{CONTACTS}/batch/update", json={"inputs": changes})


def _without_email(properties):
    return {name: value for name, value in properties.items() if name != "email"}
