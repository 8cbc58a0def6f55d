"""Links that wrap other links are decoded offline, and nothing else is taken for one."""

import base64
import html
import json
import re
import string
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sigtrim.detect import wrapper_codes, wrappers
from sigtrim.detect.wrappers import MAX_DEPTH, Unwrapped, unwrap

DATA = Path(wrappers.__file__).parent.parent / "data"
FIXTURE = Path(__file__).parent / "fixtures" / "wrapped_links.txt"
LINES = [
    line.split("  ") for line in FIXTURE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")
]
TABLE = json.loads((DATA / "wrappers.json").read_text(encoding="utf-8"))


def encode_all(text: str) -> str:
    return quote(text, safe="")


def encode_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def encode_base64_url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def proofpoint_1(url: str) -> str:
    escaped = quote(html.escape(url), safe="")
    return f"https://urldefense.proofpoint.com/v1/url?u={escaped}&k=oIvR%3D&r=abc&m=def&s=012"


def proofpoint_2(url: str) -> str:
    escaped = quote(html.escape(url), safe="/:.").replace("-", "%2D").replace("_", "%5F").replace("~", "%7E")
    dashed = escaped.replace(":", "%3A").replace("/", "_").replace("%", "-")
    return f"https://urldefense.proofpoint.com/v2/url?u={dashed}&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e="


def proofpoint_3(url: str) -> str:
    lengths = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    listed = bytearray()

    def replace(match: re.Match[str]) -> str:
        raw = match[0].encode()
        listed.extend(raw)
        token = ""
        while raw:
            piece, raw = raw[:65], raw[65:]
            token += "*" if len(piece) == 1 else "**" + lengths[len(piece) - 2]
        return token

    # ";" stands for itself in real links; here it is replaced, so that "__;" ends the target without doubt.
    text = re.sub(r"[^A-Za-z0-9\-._~:/?@!$&'(),=]+", replace, url)
    blob = base64.urlsafe_b64encode(bytes(listed)).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{text}__;{blob}!!AbC!dEf-_0$"


def avanan(url: str) -> str:
    path, question, query = url.partition("?")
    escaped = path.replace("*", "%2A").replace("%", "*")
    return f"https://url.avanan.click/v2/___{escaped}{question}{query}___.YXAzOmFjbWU6YTpv"


def mandrill(url: str) -> str:
    inner = json.dumps({"u": 1, "v": 1, "url": url, "id": "0a"})
    return (
        f"https://mandrillapp.com/track/click/300/example.com?p={encode_base64_url(json.dumps({'p': inner, 'v': 1}))}"
    )


def query(prefix: str, encode: Callable[[str], str] = encode_all, suffix: str = "&sa=D") -> Callable[[str], str]:
    return lambda url: f"{prefix}{encode(url)}{suffix}"


ENCODERS: dict[str, Callable[[str], str]] = {
    "avanan": avanan,
    "cisco": query("https://secure-web.cisco.com/1W2R4Y/", suffix=""),
    "anonymizer": query("https://href.li/?", suffix=""),
    "mandrill": mandrill,
    "proofpoint-1": proofpoint_1,
    "proofpoint-2": proofpoint_2,
    "proofpoint-3": proofpoint_3,
    "ses": query("https://1a.r.us-east-1.awstrack.me/L0/", lambda url: quote(url, safe=":="), "/1/0102-ab/XyZ=138"),
    "sophos": query("https://eu-1.protection.sophos.com/?d=example.com&u=", lambda url: encode_all(encode_base64(url))),
    "sophos-url": query("https://eu-1.protection.sophos.com/?d=example.com&u=", encode_base64_url),
}


def concrete_host(pattern: str) -> str:
    return pattern.replace("*.", "a1.").replace("[tld]", "co.uk").replace(".*", ".acme.example")


def query_encoders() -> dict[str, Callable[[str], str]]:
    """Make one encoder for each wrapper whose target stands in a parameter, so that a new one is tested by itself."""
    made = {}
    for name, hosts, paths, how, parameters, _ in TABLE:
        if how == "query":
            path = (paths or ["/"])[0].replace("*", "a/b")
            made[name] = query(f"https://{concrete_host(hosts[0])}{path}?x=1&{parameters[0]}=")
    return made


ENCODERS |= query_encoders()

# Targets are as plain as a wrapper needs them: no host that wraps in its turn, no character that a URL must escape.
path_text = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@/%#?[]|^`{}\\éßЖ漢字🎈")
    | st.characters(codec="utf-8", min_codepoint=0xA1),
    max_size=30,
)
hosts_text = st.sampled_from(
    ["example.com", "www.example.org", "acme.example:8080", "bücher.example", "a-b.example.net"]
)
urls = st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), hosts_text, path_text).filter(
    lambda url: url == url.strip() and url.isprintable()
)
encoder_names = st.sampled_from(sorted(ENCODERS))


@pytest.mark.parametrize("url", [line[0] for line in LINES if line[1] == "none"])
def test_what_is_no_wrapper_comes_back_as_it_is(url: str) -> None:
    assert unwrap(url) == Unwrapped(url, (), opaque=False, host=None)


@pytest.mark.parametrize("line", [line for line in LINES if line[1] != "none"], ids=lambda line: line[0][:60])
def test_wrapped_link(line: list[str]) -> None:
    url, expected = line
    result = unwrap(url)
    assert result.wrappers
    if expected.startswith("opaque "):
        host = expected.removeprefix("opaque ")
        assert result.opaque
        assert result.host == (None if host == "-" else host)
    else:
        assert result == Unwrapped(expected, result.wrappers, opaque=False, host=None)


def test_the_fixture_has_each_wrapper() -> None:
    seen = {name for line in LINES for name in unwrap(line[0]).wrappers}
    assert seen == {row[0] for row in TABLE}


@given(urls)
def test_a_plain_link_is_never_changed(url: str) -> None:
    assert unwrap(url) == Unwrapped(url, (), opaque=False, host=None)


def fits(name: str, url: str) -> bool:
    """Tell whether the code of a wrapper can carry a target without doubt."""
    if name == "avanan":
        # The marker, a star and a fragment in front of "?" are not escaped by the gateway.
        return (
            "___" not in url and "*" not in url and not re.search(r"%(?![0-9A-Fa-f]{2})", url) and not url.endswith("_")
        )
    return True


@pytest.mark.parametrize("name", sorted(ENCODERS))
@settings(max_examples=30)  # a hundred for each of some sixty wrappers take too long
@given(url=urls)
def test_round_trip(name: str, url: str) -> None:
    assume(fits(name, url))
    result = unwrap(ENCODERS[name](url))
    assert (result.url, result.opaque) == (url, False)
    assert result.wrappers == (name.removesuffix("-url"),)


@given(url=urls, names=st.lists(encoder_names, min_size=2, max_size=3))
def test_nested_round_trip(url: str, names: list[str]) -> None:
    wrapped = url
    for name in names:
        assume(fits(name, wrapped))
        wrapped = ENCODERS[name](wrapped)
    result = unwrap(wrapped)
    assert result == Unwrapped(
        url, tuple(name.removesuffix("-url") for name in reversed(names)), opaque=False, host=None
    )
    assert unwrap(result.url).wrappers == ()


@pytest.mark.parametrize("length", [1, 2, 27, 28, 53, 54, 63, 64, 65, 66, 67, 130, 131])
@pytest.mark.parametrize("character", ["#", "é", "漢", "🎈"])
def test_proofpoint_runs_count_bytes(length: int, character: str) -> None:
    url = f"https://example.com/a{character * length}b#c"
    assert unwrap(proofpoint_3(url)).url == url


@pytest.mark.parametrize("blob", ["", "Iw", "I", "IyMj", "!!", "w6", "????"])
def test_proofpoint_list_that_does_not_fit_is_opaque(blob: str) -> None:
    url = f"https://urldefense.com/v3/__https://example.com/**Aa__;{blob}!!AbC!dEf$"
    assert unwrap(url) == Unwrapped(url, ("proofpoint-3",), opaque=True, host=None)


def nested(depth: int) -> str:
    url = "https://example.com/guide"
    for _ in range(depth):
        url = f"https://href.li/?{url}"
    return url


def test_depth_is_capped() -> None:
    assert unwrap(nested(MAX_DEPTH)).url == "https://example.com/guide"
    deep = unwrap(nested(MAX_DEPTH + 1))
    assert (deep.url, deep.opaque) == (nested(MAX_DEPTH + 1), True)


def test_a_cycle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = "https://t.umblr.com/redirect?z=b", "https://t.umblr.com/redirect?z=a"
    monkeypatch.setitem(
        wrapper_codes.DECODERS, "query", lambda _names, rest, _query: iter([there if "=b" in rest else here])
    )
    assert unwrap(here) == Unwrapped(here, ("tumblr", "tumblr"), opaque=True, host=None)


def test_bytes_of_another_encoding_stay_escaped() -> None:
    assert (
        unwrap("https://l.facebook.com/l.php?u=http%3A%2F%2Fexample.com%2F%EF%F0%A1").url
        == "http://example.com/%EF%F0%A1"
    )


def test_a_line_break_in_a_long_link_is_no_difference() -> None:
    assert unwrap("https://l.facebook.com/l.php?u=https%3A%2F%2Fexam\r\n\tple.com%2F").url == "https://example.com/"


fragments = st.sampled_from([
    *(line[0] for line in LINES),
    "https://", "__;", "!!", "**", "*", "%", "%2", "%FF", "=", "&u=", "?url=", "___.", "@", "\\", "\ud800", "\x00",
    "&#x110000;", "-26amp-3B", "-23x110000-3B",
])  # fmt: skip


@given(st.lists(fragments | st.text(max_size=5), max_size=6).map("".join))
def test_any_text_is_accepted_and_the_result_is_final(text: str) -> None:
    result = unwrap(text)
    assert unwrap(result.url).url == result.url
    assert result.opaque or result.url == text or re.match(r"https?://[^/]", result.url, re.IGNORECASE)
    assert result.wrappers or result.url == text


@given(st.sampled_from([line[0] for line in LINES]), st.data())
def test_a_cut_link_is_accepted(url: str, data: st.DataObject) -> None:
    cut = url[: data.draw(st.integers(0, len(url)))] + data.draw(st.text(max_size=2))
    assert unwrap(unwrap(cut).url).url == unwrap(cut).url


@pytest.mark.parametrize(
    "payload", ['["' * 20_000, '{"p":' * 20_000, '{"p": 1}', '{"p": "[]"}', "1" * 5_000, '{"p": "{\\"url\\": 1}"}']
)
def test_hostile_json_is_opaque(payload: str) -> None:
    url = f"https://mandrillapp.com/track/click/300/example.com?p={encode_base64(payload)}"
    assert unwrap(url) == Unwrapped(url, ("mandrill",), opaque=True, host=None)


@pytest.mark.parametrize(
    "piece",
    [
        "__;",
        "*",
        "**A",
        "&u=",
        "&q=x",
        "%25",
        "-2",
        "___.",
        "%E9",
        "https://www.google.com/url?q=",
        "@",
        "a.",
        " ",
        "\\",
    ],
)
@pytest.mark.parametrize(
    "prefix",
    [
        "https://",
        "https://urldefense.com/v3/__https://a/",
        "https://www.google.com/url?q=",
        "https://url.avanan.click/v2/___",
    ],
)
def test_time_is_linear(prefix: str, piece: str) -> None:
    start = time.process_time()
    unwrap(prefix + piece * 100_000)
    assert time.process_time() - start < 2


def test_the_table_is_in_order() -> None:
    names = [row[0] for row in TABLE]
    assert names == sorted(set(names))
    for name, hosts, paths, how, parameters, _ in TABLE:
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert hosts
        assert hosts == sorted(set(hosts)) or name == "telegram-instant-view"
        assert paths == sorted(set(paths))
        assert all(path.startswith("/") and path == path.lower() for path in paths), name
        assert how in wrapper_codes.DECODERS
        assert bool(parameters) == (how in {"query", "query-base64", "query-json", "proofpoint-1", "proofpoint-2"})
        assert all(re.fullmatch(r"(\*\.)?[a-z0-9.-]+(\.\[tld\]|\.\*)?", host) for host in hosts), name
        # A host open to everybody needs a path.
        assert paths or not any(host.endswith((".*", ".[tld]")) for host in hosts)


def test_each_entry_names_its_source() -> None:
    toml = (DATA / "wrappers.toml").read_text(encoding="utf-8")
    assert len(re.findall(r"^source = \"[^\"]+\"$", toml, re.MULTILINE)) == len(TABLE)


def test_import_reads_no_data() -> None:
    code = (
        "import sys, sigtrim.detect.wrappers as w; assert w._table.cache_info().currsize == 0; "
        "w.unwrap('https://t.co/a'); assert 'tomllib' not in sys.modules"
    )
    run([sys.executable, "-c", code], check=True)
