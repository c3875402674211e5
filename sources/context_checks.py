"""What the context of an event may not be: Segment's reasons (tracking-api §8.1). Pure."""

from .errors import RejectedEvent

CONSENT_EVENT = "Segment Consent Preference Updated"


def check(event: dict) -> None:
    """Raise RejectedEvent for a context that tools could not read. Absent and null are the same."""
    context = event.get("context")
    if not context:
        if event.get("event") == CONSENT_EVENT:
            check_consent({})
        return
    device = context.get("device")
    if isinstance(device, dict):
        advertising_id = device.get("advertisingId")
        if advertising_id is not None and not isinstance(advertising_id, str):
            raise RejectedEvent(
                "device_advertisingid_should_be_string",
                "`context.device.advertisingId` has to be text.",
            )
    if event.get("event") == CONSENT_EVENT:
        check_consent(context.get("consent"))


def check_consent(consent) -> None:
    """Check what the event that tells of consent has to bring; others may bring anything."""
    consent = consent if isinstance(consent, dict) else {}
    preferences, version = consent.get("categoryPreferences"), consent.get("version")
    if preferences is None:
        raise RejectedEvent(
            "consent_categorypreferences_should_exist",
            "This event needs `context.consent.categoryPreferences`.",
        )
    if not isinstance(preferences, dict):
        raise RejectedEvent(
            "consent_categorypreferences_fields_should_be_object",
            "`context.consent.categoryPreferences` has to be an object.",
        )
    if not all(isinstance(value, bool) for value in preferences.values()):
        raise RejectedEvent(
            "consent_categorypreferences_fields_should_be_bool",
            "In `context.consent.categoryPreferences` every value has to be true or false.",
        )
    if version is not None and (isinstance(version, bool) or not isinstance(version, int | float)):
        raise RejectedEvent(
            "consent_version_should_be_number", "`context.consent.version` has to be a number."
        )
