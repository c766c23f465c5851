import base64
import json
import time

import pytest

from dgnb.sandbox.jwt import TokenError, claims, is_token, sign

SECRET = b"0" * 32


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_a_token_gives_its_claims_back():
    asked = {"sub": "someone", "exp": time.time() + 30, "scopes": ["usage::write"]}
    assert claims(sign(asked, SECRET), SECRET) == asked


def test_a_token_has_the_form_that_every_library_reads():
    header, body, _ = sign({"sub": "someone"}, SECRET).split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"typ": "JWT", "alg": "HS256"}
    assert json.loads(base64.urlsafe_b64decode(body + "==")) == {"sub": "someone"}


def test_the_example_of_rfc_7515_has_the_signature_given_there():
    signed = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6"
        "Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    with pytest.raises(TokenError, match="has expired"):
        claims(signed, base64.urlsafe_b64decode(key + "=="))


def test_an_expired_token_is_refused():
    with pytest.raises(TokenError, match="has expired"):
        claims(sign({"exp": time.time() - 1}, SECRET), SECRET)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: token[:-2], id="cut"),
        pytest.param(lambda token: token + "A", id="longer"),
        pytest.param(lambda token: token.rpartition(".")[0] + ".", id="unsigned"),
        pytest.param(lambda token: f"{part({'alg': 'none'})}.{token.split('.', 1)[1]}", id="other-algorithm"),
        pytest.param(
            lambda token: ".".join((token.split(".")[0], part({"exp": 4e9}), token.split(".")[2])),
            id="other-claims",
        ),
        pytest.param(lambda _: "a.b.!", id="not-base64"),
    ],
)
def test_an_altered_token_is_refused(change):
    token = sign({"exp": time.time() + 30}, SECRET)
    with pytest.raises(TokenError):
        claims(change(token), SECRET)


def test_a_token_of_another_secret_is_refused():
    with pytest.raises(TokenError):
        claims(sign({"exp": time.time() + 30}, b"1" * 32), SECRET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(sign({}, b"x"), True, id="token"),
        pytest.param(f"{part({'alg': 'RS256'})}.e30.x", True, id="someone-elses"),
        pytest.param("0123456789abcdef0123456789abcdef01234567", False, id="key"),
        pytest.param("three.plain.words", False, id="dots"),
        pytest.param(f"{part(['alg'])}.e30.x", False, id="a-list"),
        pytest.param(f"{part({'alg': 'HS256'})}.e30", False, id="two-parts"),
        pytest.param("", False, id="empty"),
    ],
)
def test_what_looks_like_a_token(text, expected):
    assert is_token(text) is expected
