from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, Rewriter, SourceError
from sigtrim.formats import gmail

REWRITER = Rewriter(cta=CallToAction("https://example.com/guide", "Get the free guide"))
LIST = '<p><a href="https://x.com/acme_example">X</a> | <a href="https://github.com/acme-example">GitHub</a></p>'


def resource(signature: str) -> dict[str, object]:
    return {"sendAsEmail": "ada@example.com", "signature": signature, "isDefault": True}


def test_noop_other_json() -> None:
    assert not gmail.matches(json.dumps({"signature": LIST}).encode())
    assert not gmail.matches(b'see "sendAsEmail" and "signature"')
    data = json.dumps({"sendAsEmail": "a", "x": [{"signature": LIST}], "y": {"signature": LIST}}).encode()
    assert gmail.rewrite(Rewriter(), data).output == data


@given(
    # Words of its own could ask to subscribe, and marks alone be a ruler; both go with a list.
    marks=st.text(st.characters(codec="utf-8", exclude_categories=["L"], exclude_characters="<>&"), max_size=50),
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 2, "\t"]),
    more=st.sampled_from(["", "/", "<>", "<>&='"]),
)
def test_everything_but_the_list_says_the_same(
    *, marks: str, ascii_only: bool, indent: int | str | None, more: str
) -> None:
    text = f"Ada {marks} Byrne"
    before = {"sendAs": [resource(f"<p>{text}</p>{LIST}"), {"note": LIST}]}
    raw = json.dumps(before, ensure_ascii=ascii_only, indent=indent)
    for character in more:
        raw = raw.replace(character, f"\\u{ord(character):04x}")
    result = gmail.rewrite(REWRITER, raw.encode())
    assert result.skipped is None
    assert isinstance(result.output, bytes)
    after = json.loads(result.output)
    assert after["sendAs"][1] == {"note": LIST}
    signature = after["sendAs"][0].pop("signature")
    assert signature.startswith(f"<p>{text}</p>")
    assert "github" not in signature
    assert signature.count("Get the free guide") == 1
    assert after["sendAs"][0] == {"sendAsEmail": "ada@example.com", "isDefault": True}
    for character in more:
        assert character not in result.output.decode()


def test_a_signature_that_stays_too_long_is_told() -> None:
    long = json.dumps(resource("<p>" + "x" * 10_000 + "</p>" + LIST)).encode()
    (warning,) = gmail.rewrite(REWRITER, long).warnings
    assert warning.startswith("ada@example.com: 10,")
    assert "the 10,000 of Gmail" in warning
    assert gmail.rewrite(REWRITER, json.dumps(resource(LIST)).encode()).warnings == ()


def test_utf_16_is_kept() -> None:
    data = json.dumps(resource("Z\u00fcrich" + LIST), ensure_ascii=False).encode("utf-16")
    result = gmail.rewrite(REWRITER, data)
    assert isinstance(result.output, bytes)
    assert "Z\u00fcrich" in json.loads(result.output.decode("utf-16"))["signature"]


@pytest.mark.parametrize("data", [b'{"sendAsEmail": "a", "signature": "x"', b"[" * 100_000, b"{'signature': 1}"])
def test_broken_json_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="is not JSON"):
        gmail.rewrite(REWRITER, data)


def test_a_slash_is_written_as_the_file_writes_it() -> None:
    data = json.dumps(resource(f"<p>Ada</p>{LIST}")).replace("/", "\\/").encode()
    output = gmail.rewrite(REWRITER, data).output
    assert isinstance(output, bytes)
    assert b"https:\\/\\/example.com\\/guide" in output
    assert b"/" not in output.replace(b"\\/", b"")
