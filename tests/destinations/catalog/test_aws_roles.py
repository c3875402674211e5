"""Taking on a role at AWS with the keys of the settings, against moto."""

from datetime import UTC, datetime

import pytest

from destinations import control
from destinations.catalog import get_integration
from destinations.models import OAuthToken
from destinations.sending import http, tokens
from tests.aws import REGION

from ..bench import NOW, translator_for

ROLE = "arn:aws:iam::123456789012:role/switchyard"
EVENT = {"type": "track", "userId": "ann", "messageId": "m-1"}


def test_without_a_role_the_keys_themselves_sign():
    assert not get_integration("amazon-kinesis").auth.oauth.applies({"roleAddress": ""}, {})


def test_the_role_is_asked_for_with_its_external_id():
    settings = {"accessKeyId": "AKID", "secretAccessKey": "s", "region": REGION}
    settings |= {"roleAddress": ROLE, "secretId": "acme"}

    request = get_integration("amazon-kinesis").auth.oauth.token_request(settings, None, NOW)

    assert request.url == "https://sts.eu-west-1.amazonaws.com/"
    assert request.body == (
        "Action=AssumeRole&Version=2011-06-15"
        "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fswitchyard"
        "&RoleSessionName=switchyard&DurationSeconds=3600&ExternalId=acme"
    )
    assert "/eu-west-1/sts/aws4_request" in request.headers["Authorization"]


@pytest.mark.django_db(transaction=True)
def test_temporary_keys_are_kept_and_sign_what_is_sent(aws, workspace):
    aws.ask("kinesis", "Kinesis_20131202.CreateStream", {"StreamName": "events", "ShardCount": 1})
    values = {**aws.settings, "region": REGION, "stream": "events", "roleAddress": ROLE}
    values["secretId"] = "acme"
    destination = control.create(workspace, "amazon-kinesis", "k", "K", values)

    auth = tokens.find_tokens(destination, get_integration("amazon-kinesis")).get()

    assert sorted(auth) == ["accessKeyId", "secretAccessKey", "sessionToken"]
    assert OAuthToken.objects.get().renew_at is not None
    translator = translator_for("amazon-kinesis", "putRecord", **values)
    payload = translator.payload(EVENT)
    request = next(translator.requests([payload], now=datetime.now(UTC), auth=auth))
    assert request.headers["X-Amz-Security-Token"] == auth["sessionToken"]
    assert http.call(request).status == 200
