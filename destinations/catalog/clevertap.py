"""CleverTap: profiles for engagement campaigns.

API: https://developer.clevertap.com/docs/upload-user-profiles-api, /delete-user-profile-api and
/api-errors (read 2026-11-25).
Facts: reference/destination-catalog/marketing.md, "CleverTap (Actions)" (read 2026-11-25). Like
Segment's, the mapping takes the profile from `properties`: map `traits` for identify calls.

Segment does not test the credentials; we look up a profile. The path of that call is from memory.
"""

from dataclasses import replace

from destinations.auth import Auth
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    Setting,
    path,
)

ENDPOINTS = tuple(
    f"https://{each}.api.clevertap.com" for each in ("sk1", "eu1", "us1", "sg1", "in1")
)


def _sign(request, settings, auth, now):
    headers = {
        "X-CleverTap-Account-Id": settings["clevertapAccountId"],
        "X-CleverTap-Passcode": settings["clevertapPasscode"],
    }
    return replace(request, headers={**headers, **request.headers})


def check_answer(response):
    """Credentials that are wrong are told by a 401; that there is no such profile says nothing."""
    return None if response.status < 300 or response.status in (400, 404) else ""


integration = Integration(
    slug="clevertap",
    name="CleverTap",
    category="marketing",
    docs_url="https://developer.clevertap.com/docs/upload-user-profiles-api",
    base_url=lambda settings: settings["clevertapEndpoint"],
    auth=Auth("header", _sign),
    check=Request("GET", "/1/profile.json", query={"identity": "switchyard"}),
    check_answer=check_answer,
    names=("Clevertap (Actions)", "CleverTap (Actions)"),
    description="Profiles for engagement campaigns.",
    settings=[
        Setting("clevertapAccountId", "Project ID", required=True, help="Settings → Project"),
        Setting(
            "clevertapPasscode", "Passcode", required=True, secret=True, help="Settings → Passcode"
        ),
        Setting(
            "clevertapEndpoint",
            "Region",
            type="select",
            required=True,
            default=ENDPOINTS[0],
            choices=ENDPOINTS,
        ),
    ],
    presets=[
        Preset("Delete User", "userDelete", 'event = "Delete User"'),
        Preset("Identify calls", "userUpload", 'type = "identify"'),
    ],
)

IDENTITY = Field("identity", default=path("$.userId"), required=True)


@integration.action(
    "User Upload",
    slug="userUpload",
    fields=[
        Field("ts", default=path("$.timestamp")),
        Field("profileData", "object", path("$.properties")),
        IDENTITY,
    ],
)
def user_upload(payload, settings):
    profile = {"type": "profile", "source": "Segment", **payload}
    return Request("POST", "/1/upload", json={"d": [profile]})


@user_upload.answer
def read_answer(response, payloads):
    # 200 with what was left out: developer.clevertap.com, "Upload User Profiles", "Response".
    answer = response.json()
    refused = answer.get("unprocessed") if type(answer) is dict else None
    if response.status >= 300 or type(refused) is not list or not refused:
        return None
    said = refused[0].get("error") if type(refused[0]) is dict else refused[0]
    return [Rejected(f"CleverTap refused this: {said}", status=400)] * len(payloads)


@integration.action("User Delete", slug="userDelete", fields=[IDENTITY])
def user_delete(payload, settings):
    return Request("POST", "/1/delete/profiles.json", json={"identity": payload["identity"]})
