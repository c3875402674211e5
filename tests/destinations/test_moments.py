"""Moments as events spell them. What JavaScript makes of a text was asked of node 20."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations.moments import epoch_ms, find_moment


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-08-20T10:00:00Z", "2026-08-20T10:00:00+00:00"),
        ("2026-08-20T10:00:00.123456789+02:00", "2026-08-20T08:00:00.123456+00:00"),
        ("2026-08-20", "2026-08-20T00:00:00+00:00"),
        ("2026-08", "2026-08-01T00:00:00+00:00"),
        ("2026-8-2", "2026-08-02T00:00:00+00:00"),
        ("2026/08/20 10:00", "2026-08-20T10:00:00+00:00"),
        ("2026-02-30", "2026-03-02T00:00:00+00:00"),
        ("8/20/2026", "2026-08-20T00:00:00+00:00"),
        ("08/20/26 9:05 pm", "2026-08-20T21:05:00+00:00"),
        ("Aug 20 2026", "2026-08-20T00:00:00+00:00"),
        ("August 20, 2026 12:30 AM", "2026-08-20T00:30:00+00:00"),
        ("20 Aug 2026 10:00 PM", "2026-08-20T22:00:00+00:00"),
        ("20-Aug-2026", "2026-08-20T00:00:00+00:00"),
        ("Aug 2026", "2026-08-01T00:00:00+00:00"),
        ("Thu, 20 Aug 2026 10:00:00 GMT", "2026-08-20T10:00:00+00:00"),
        ("Thu, 20 Aug 2026 10:00:00 -0700", "2026-08-20T17:00:00+00:00"),
        ("Thu Aug 20 2026 10:00:00 GMT+0200 (CEST)", "2026-08-20T08:00:00+00:00"),
        ("Thu Aug 20 10:00:00 UTC 2026", "2026-08-20T10:00:00+00:00"),
        ("Thu Aug 20 10:00:00 2026", "2026-08-20T10:00:00+00:00"),
        ("2026-08-20 10:00:00 +0200", "2026-08-20T08:00:00+00:00"),
        ("2026-08-20 10:00:00.5 PDT", "2026-08-20T17:00:00.500000+00:00"),
        ("2026-08-20 10:00:00 UTC", "2026-08-20T10:00:00+00:00"),
    ],
)
def test_moments_in_words(value, expected):
    assert find_moment(value).isoformat() == expected


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "yesterday", "2026-13-01", "2026-08-20T25:00:00Z", "10:00", "32 Aug 2026"),
        *("13:00 PM Aug 20 2026", "Aug 20 2026 13:00 PM", "Aug Sep 2026", "1/2", "0/0/0"),
        *("Aug 20 2026 10:00 tomorrow", "10 of Aug 2026", "Aug 20 2026 +9999", "x" * 200),
        *(True, None, [], {}, 1e300, float("nan")),
    ],
)
def test_what_is_no_moment(value):
    assert find_moment(value) is None


@settings(max_examples=500, deadline=None)
@given(st.text("0123456789:/- ,.+TZaugpmGMT()", max_size=30) | st.floats() | st.integers())
def test_anything_is_a_moment_or_nothing(value):
    moment = find_moment(value)

    assert moment is None or moment.utcoffset().total_seconds() == 0
    assert (moment is None) is (epoch_ms(value) is None)
