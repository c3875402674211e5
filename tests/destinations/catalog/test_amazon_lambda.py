"""Amazon Lambda, against moto, whose functions answer what they are told."""

import io
import zipfile
from base64 import b64encode

import pytest

from destinations.errors import Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Request, Response, encode_json
from destinations.sending import http
from tests.aws import REGION

from ..bench import request_for, translator_for

EVENT = {"type": "track", "event": "E", "messageId": "m-1"}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:on-event"
SETTINGS = {"accessKeyId": "AKID", "secretAccessKey": "s3cr3t", "region": REGION, "function": ARN}


@pytest.fixture
def function(aws):
    no_docker = {"lambda": {"use_docker": False}}
    http.call(Request("POST", f"{aws.url}/moto-api/config", json=no_docker))
    aws.ask(
        "iam",
        body="Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D",
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("f.py", "def handler(event, context): return event")
    body = {
        "FunctionName": "on-event",
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Handler": "f.handler",
        "Code": {"ZipFile": b64encode(content.getvalue()).decode()},
    }
    aws.ask("lambda", path="/2015-03-31/functions", body=encode_json(body))


def test_the_function_is_called(aws, function):
    assert aws.deliver("amazon-lambda", "invoke", [EVENT], function=ARN, region=REGION) == [None]


def test_the_request_is_that_of_invoke():
    request = request_for(
        "amazon-lambda", "invoke", EVENT, clientContext={"team": "data"}, logType="Tail", **SETTINGS
    )

    assert request.url == (
        f"https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{ARN}/invocations"
    )
    assert (request.method, request.json, request.timeout_s) == ("POST", EVENT, 5)
    assert request.headers["X-Amz-Invocation-Type"] == "RequestResponse"
    assert request.headers["X-Amz-Log-Type"] == "Tail"
    assert request.headers["X-Amz-Client-Context"] == "eyJ0ZWFtIjoiZGF0YSJ9"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (Response(200, body=b'"done"'), None),
        (Response(429, body=b'{"Type": "User"}'), Throttled),
        (Response(403, {"x-amzn-errortype": "ExpiredTokenException"}, b"{}"), Unauthorized),
        (Response(404, {"x-amzn-errortype": "ResourceNotFoundException"}), Rejected),
        (Response(500, {"x-amzn-errortype": "ServiceException"}), ServerFault),
    ],
)
def test_answers(response, kind):
    [error] = translator_for("amazon-lambda", "invoke", **SETTINGS).outcomes(response, [{}])

    assert (error and type(error)) == kind


def test_a_function_that_raised_answers_200_and_is_tried_again():
    response = Response(200, {"x-amz-function-error": "Unhandled"}, b'{"errorMessage": "boom"}')

    [error] = translator_for("amazon-lambda", "invoke", **SETTINGS).outcomes(response, [{}])

    assert error == ServerFault(
        'The function failed (Unhandled): {"errorMessage": "boom"}', code="EXECUTION_ERROR"
    )
