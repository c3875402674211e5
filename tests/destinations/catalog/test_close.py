from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for, request_for

BASIC = {"Authorization": "Basic a2V5Og=="}
URL = "https://services.close.com/webhooks/segment/actions/create-update-contact-and-lead/"
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {"name": "Ann", "company": {"id": "acme", "name": "Acme"}},
}
ALLOWED = {
    "allow_creating_new_leads": True,
    "allow_updating_existing_leads": True,
    "allow_creating_new_contacts": True,
    "allow_updating_existing_contacts": True,
    "allow_creating_duplicate_contacts": True,
}


def test_a_contact_and_a_lead_are_created_or_updated():
    assert default_requests_for("close", ANN, api_key="key") == [
        (
            "createUpdateContactAndLead",
            Request(
                "POST",
                URL,
                BASIC,
                json={
                    "action_payload": {
                        "lead_name": "Acme",
                        "lead_external_id": "acme",
                        "contact_name": "Ann",
                        "contact_external_id": "ann",
                    },
                    "settings": ALLOWED,
                },
            ),
        )
    ]


def test_close_is_told_which_fields_hold_our_ids():
    ids = {"contact_custom_field_id_for_user_id": "cf_1"}
    mapping = {"allow_creating_new_leads": False}

    request = request_for("close", "createUpdateContactAndLead", ANN, mapping, api_key="key", **ids)

    assert request.json["settings"] == {**ids, **ALLOWED, "allow_creating_new_leads": False}


def test_the_check_asks_who_we_are():
    assert get_integration("close").check_request({"api_key": "key"}) == Request(
        "GET", "https://api.close.com/api/v1/me/", BASIC, {"_fields": "id"}
    )
