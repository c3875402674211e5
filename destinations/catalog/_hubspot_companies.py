"""Companies of HubSpot, found by the id of a group. Facts as in hubspot.py."""

from destinations.catalog._hubspot_values import in_path, properties_of, search_one
from destinations.integration import Rejected, Request

COMPANIES = "/crm/v3/objects/companies"
GROUP_ID = "segment_group_id"

# The property by which companies are found; HubSpot has to be told of it once.
GROUP_ID_PROPERTY = {
    "name": GROUP_ID,
    "label": "Segment Group ID",
    "description": "Unique Property to map Segment Group ID with a HubSpot Company Object",
    "groupName": "companyinformation",
    "type": "string",
    "fieldType": "text",
    "hidden": True,
    "displayOrder": -1,
    "hasUniqueValue": True,
    "formField": False,
}

PROPERTIES = (
    "name",
    "description",
    "address",
    "city",
    "state",
    "zip",
    "domain",
    "phone",
    "numberofemployees",
    "industry",
    "lifecyclestage",
)


def write_company(payload):
    """Update or create the company; its id, or None when it is neither there nor wanted."""
    trimmed = {n: v.strip() if type(v) is str else v for n, v in payload.items()}
    properties = properties_of(trimmed, PROPERTIES) | {GROUP_ID: payload["groupid"]}
    body = {"properties": properties}
    url = f"{COMPANIES}/{in_path(payload['groupid'])}"
    try:
        update = Request("PATCH", url, query={"idProperty": GROUP_ID}, json=body)
        response = yield from _with_group_id(update)
        return response.object().get("id")
    except Rejected as error:
        if error.status != 404:
            raise
    sought = {"properties": ["name", "domain", "lifecyclestage", GROUP_ID], "sorts": ["name"]}
    found = yield from search_one(COMPANIES, payload.get("companysearchfields"), sought)
    if found:
        write = Request("PATCH", f"{COMPANIES}/{found}", json=body)
    elif payload["createNewCompany"]:
        write = Request("POST", COMPANIES, json={**body, "associations": []})
    else:
        return None
    response = yield from _with_group_id(write)
    return response.object().get("id")


def _with_group_id(request):
    """Send; when HubSpot does not know the property yet, create it and send again."""
    try:
        return (yield request)
    except Rejected as error:
        if "PROPERTY_DOESNT_EXIST" not in str(error) or GROUP_ID not in str(error):
            raise
    try:
        yield Request("POST", "/crm/v3/properties/companies", json=GROUP_ID_PROPERTY)
    except Rejected as error:
        # 409: another event was faster.
        if error.status != 409:
            raise
    return (yield request)
