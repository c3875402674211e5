"""Names of events and properties become identifiers, as in a Segment warehouse."""

import pytest

from warehouses.naming import Naming, schema_name, shorten, snake_case
from warehouses.reserved import POSTGRES

NAMING = Naming(POSTGRES, 63)

# reference/warehouse-schema.md, section 3.
VECTORS = [
    ("Order Completed", "order_completed"),
    ("samPLE text", "sam_ple_text"),
    ("orderCompleted", "order_completed"),
    ("sample___text", "sample_text"),
    ("ORDER_COMPLETED", "order_completed"),
    ("sample 2 Text", "sample_2_text"),
    ("order-completed", "order_completed"),
    ("SAMPLE 2 TEXT", "sample_2_text"),
    ("something.com", "something_com"),
    ("___$$Base64Encode", "base64_encode"),
    ("FOO:BAR$BAZ", "foo_bar_baz"),
    ("$something%", "something"),
    ("userID", "user_id"),
    ("UserID", "user_id"),
    ("user_ID", "user_id"),
    ("CStringRef", "cstring_ref"),
    ("userIDs", "user_ids"),
    ("5test", "5test"),
    ("5TEst", "5test"),
    ("_5TEst", "5test"),
    ("iPhone", "i_phone"),
    ("test5", "test5"),
    ("iOSVersion", "i_osversion"),
    ("THE5r", "the5r"),
    ("OSVersion", "osversion"),
    ("edf_6N", "edf_6n"),
    ("UILanguage", "uilanguage"),
    ("f_pX9", "f_p_x9"),
    ("XMLHttp", "xmlhttp"),
    ("p_z9Rg", "p_z9_rg"),
    ("HowIUseIt", "how_iuse_it"),
    ("2FA Enabled", "2fa_enabled"),
    ("isISO8601", "is_iso8601"),
    ("Enabled 2FA", "enabled_2fa"),
    ("wifiSSID", "wifi_ssid"),
    ("lk0B@bFmjrLQ_Z6YL", "lk0_b_b_fmjr_lq_z6yl"),
    ("totalUSD", "total_usd"),
    ("USDTotal", "usdtotal"),
    ("@49L0S145_¬fwHƒ0TSLNVp", "49l0s145_fw_h_0tslnvp"),
    ("Q1Revenue", "q1revenue"),
    ("•¶§ƒ˚foo˙∆˚¬", "foo"),
    ("Step2Done", "step2_done"),
    ("Cízǔ", "c_z"),
    ("2ndStep", "2nd_step"),
    ("café", "caf"),
    ("CamelCase123Key", "camel_case123_key"),
    ("naïve user", "na_ve_user"),
    ("abc123def456", "abc123def456"),
    ("日本語", ""),
    ("omega v2", "omega_v2"),
    ("_timestamp", "timestamp"),
    ("path to $1,00,000", "path_to_1_00_000"),
    ("__v", "v"),
    ("A1B2", "a1b2"),
    ("trailing_", "trailing"),
    ("aBCd", "a_bcd"),
    ("100% Off", "100_off"),
    ("e-mail", "e_mail"),
    ("E-Mail", "e_mail"),
    ("a_1B", "a_1b"),
    ("abc_1", "abc_1"),
    ("a_b", "a_b"),
    ("a__b", "a_b"),
    ("a_iOS", "a_i_os"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "expected"), VECTORS)
def test_snake_case(name, expected):
    assert snake_case(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2fa_enabled", "_2fa_enabled"),
        ("select", "_select"),
        ("timestamp", "timestamp"),
        ("groups", "groups"),
        ("id", "_id"),
        ("", ""),
    ],
)
def test_identifiers_avoid_digits_reserved_words_and_own_columns(name, expected):
    assert NAMING.identifier(name, frozenset({"id"})) == expected


def test_long_names_that_differ_at_the_end_stay_apart():
    one, other = shorten("a" * 200 + "1", 63), shorten("a" * 200 + "2", 63)

    assert (len(one), len(other)) == (63, 63)
    assert one[:55] == other[:55] == "a" * 54 + "_"
    assert one != other


@pytest.mark.parametrize(
    ("text", "expected"),
    [("acme-web", "acme_web"), ("3doctors", "_3doctors"), ("日本", "source"), ("user", "_user")],
)
def test_schema_name(text, expected):
    assert schema_name(text, NAMING) == expected
