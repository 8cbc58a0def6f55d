"""Break valid signatures by their grammar, and judge what becomes of each.

    python tests/fuzz/grammar.py --seconds 1800 --seed 1 --kind html --findings /var/tmp/findings

The seeds are the project's own cases and examples, as they are and wrapped in the other formats. Their tokens are
dropped, doubled, swapped and truncated, two documents are spliced, bytes are flipped. A finding is made as small as it
gets and written to the folder; `--replay FILE` judges one again. The same seed breaks the same way.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import quopri
import random
import re
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from oracles import KINDS, Kind, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TESTS = Path(__file__).parents[1]
LARGEST = 64_000

_TOKENS: dict[str, re.Pattern[bytes]] = {
    "html": re.compile(rb"<[^>]*>?|[^<]+"),
    "text": re.compile(rb"\n|[^\s]+|[ \t]+|."),
    "rtf": re.compile(rb"\{[^{}]{0,400}\}|[{}]|\\'..|\\[a-z]+-?\d*[ ]?|\\.|[^\\{}]+", re.DOTALL),
    "gmail": re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|<[^>]*>?|[^"{}\[\]:,<]+|"', re.DOTALL),
    "eml": re.compile(rb"[^\n]*\n|[^\n]+"),
}
_NASTY: dict[str, tuple[bytes, ...]] = {
    "html": (
        *(b"< > \" ' & \0 <!-- --> <a </td> <table> </a> <b> </p> <![endif]--> <!--[if_mso]> <![if_!vml]>".split()),
        *(b"\r = <a_href= <script> </script> <style> <svg> </body> <template> <plaintext> &#0; &#x; &#xD800;".split()),
        *(b"\xff \xc3 \xed\xa0\x80 \xe2\x80\xae <!DOCTYPE </ <? <v:shape <select> <textarea> <title> <xmp>".split()),
    ),
    "text": (
        *b"\0 \r \x0b \xe2\x80\xa8 \xff ://  @ @@ # www. https:// : | - . < &amp; \xe2\x80\xae \xef\xbb\xbf".split(),
        b"\n",
    ),
    "rtf": (
        *rb"{ } \ \' \'zz \u \u-1? \uc0 \uc99999 \bin4 \bin-1 \bin99999999 \par \field {\*\fldinst \trowd".split(),
        *rb"\row \intbl \nestcell {\*\bkmkstart sigtrim_cta} {\*\bkmkend \ansicpg0 \f99 \u55357? \upr \pard".split(),
    ),
    "gmail": (*rb'" \ { } [ ] , : null \ud800 \u0000 \/ "signature": "sendAsEmail": 1e999 -0'.split(), b"\n"),
    "eml": (
        *(line + b"\n" for line in (b"", b"--", b"-- ", b"From x 2024", b"--b", b"--b--", b"=", b"=3D", b" x", b"\t")),
        *(b"Content-Type: text/html; charset=utf-16\n", b"Content-Transfer-Encoding: base64\n", b"MIME-Version: 1.0\n"),
        *(b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"\0", b"\r", b"\xff"),
        b"Content-Transfer-Encoding: quoted-printable\n",
    ),
}


def tokens(kind: Kind, data: bytes) -> list[bytes]:
    """Take a document apart; the tokens joined are the document again."""
    return _TOKENS.get(kind, _TOKENS["eml"]).findall(data)


def seeds(kind: Kind) -> list[bytes]:
    """Return the valid documents of a kind: the cases and examples, and those of HTML wrapped."""
    if kind == "html":
        paths = [*TESTS.glob("cases/*/*.in.htm*"), *TESTS.glob("cases/*/*.out.htm*")]
    elif kind == "text":
        paths = [
            *TESTS.glob("cases/*/*.in.txt"),
            *TESTS.glob("cases/captions*/*"),
            *TESTS.parent.glob("examples/*.txt"),
        ]
    else:
        paths = [*TESTS.glob(f"cases/formats/{kind}/*"), *TESTS.parent.glob(f"examples/{kind}/*")]
        if kind == "rtf":
            paths += TESTS.parent.glob("examples/*/*.rtf")
    found = [path.read_bytes() for path in sorted(paths) if path.is_file() and path.suffix != ".toml"]
    return [data for data in found if len(data) < LARGEST]


def wrap(kind: Kind, page: bytes, chance: random.Random) -> bytes:
    """Put a page into a document of another kind."""
    if kind == "gmail":
        text = page.decode("utf-8", "replace")
        one = {"sendAsEmail": "ada@example.com", "signature": text, "isPrimary": True}
        return json.dumps({"sendAs": [one]}, ensure_ascii=chance.random() < 0.5).encode()
    transfer = chance.choice([b"7bit", b"8bit", b"quoted-printable", b"base64"])
    whole = page
    if kind != "mailsignature":
        whole = b'<p>Hello</p><div class="gmail_signature">' + page + b"</div>"
    body = whole
    if transfer == b"quoted-printable":
        body = quopri.encodestring(whole)
    elif transfer == b"base64":
        body = base64.encodebytes(whole)
    header = (
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: " + transfer + b"\nMIME-Version: 1.0\n"
    )
    if kind == "mailsignature":
        return header + b"Message-Id: <1@example.com>\n\n" + body
    sender = b"From: ada@example.com\nDate: Tue, 2 Jan 2024 10:11:12 +0100\n"
    if chance.random() < 0.5:
        plain = (
            b"Content-Type: text/plain; charset=utf-8\n\nHello\n-- \nAda\nhttps://x.com/acme\nhttps://github.com/acme\n"
        )
        header = (
            b"Content-Type: multipart/alternative; boundary=b\nMIME-Version: 1.0\n\n--b\n" + plain + b"\n--b\n" + header
        )
        body += b"\n--b--\n"
    message = sender + header + b"\n" + body
    if kind == "mbox":
        message = b"From ada@example.com Tue Jan  2 10:11:12 2024\n" + message + b"\n\n"
        return message * chance.randint(1, 3)
    return message


def break_up(kind: Kind, data: bytes, other: bytes, chance: random.Random) -> bytes:  # noqa: C901, PLR0912 - one branch a way
    """Break a document in one to six places."""
    nasty = _NASTY.get(kind, _NASTY["eml"])
    parts = tokens(kind, data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if not parts:
            return data
        at = chance.randrange(len(parts))
        match chance.choice(("drop", "double", "swap", "truncate", "splice", "flip", "nasty", "cut", "many", "move")):
            case "drop":
                del parts[at : at + chance.choice((1, 1, 2, 5))]
            case "double":
                parts.insert(at, parts[at])
            case "swap":
                to = chance.randrange(len(parts))
                parts[at], parts[to] = parts[to], parts[at]
            case "move":
                parts.insert(chance.randrange(len(parts)), parts.pop(at))
            case "truncate":
                parts[at] = parts[at][: chance.randint(0, len(parts[at]))]
            case "splice":
                strange = tokens(kind, other)
                start = chance.randint(0, len(strange))
                parts[at:] = strange[start:] if chance.random() < 0.5 else [*strange[start : start + 9], *parts[at:]]
            case "flip":
                flipped = bytearray(parts[at])
                if flipped:
                    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
                parts[at] = bytes(flipped)
            case "nasty":
                place = chance.randint(0, len(parts[at]))
                made = chance.choice(nasty).replace(b"_", b" ") if kind == "html" else chance.choice(nasty)
                parts[at] = parts[at][:place] + made + parts[at][place:]
            case "cut":
                del parts[at:]
            case _:
                parts[at:at] = [parts[at]] * chance.choice((2, 10, 60))
    return b"".join(parts)[:LARGEST]


def documents(kinds: Sequence[Kind], seed: int) -> Iterator[tuple[Kind, bytes]]:
    """Yield broken documents without end."""
    chance = random.Random(seed)  # noqa: S311 - repeatable damage, no secret
    sources = {kind: seeds(kind) for kind in KINDS}
    while True:
        kind = chance.choice(kinds)
        if kind in ("gmail", "eml", "mbox", "mailsignature") and chance.random() < 0.7:
            # Whole in its format and broken inside, else the format alone would refuse nearly all of them.
            one, other = (chance.choice(sources["html"]) for _ in range(2))
            page = break_up("html", one, other, chance) if chance.random() < 0.8 else one
            data = wrap(kind, page, chance)
            if chance.random() < 0.3:
                data = break_up(kind, data, chance.choice(sources[kind]), chance)
        else:
            data = break_up(kind, chance.choice(sources[kind]), chance.choice(sources[kind]), chance)
        yield kind, data


def trial(kind: Kind, data: bytes) -> tuple[str, str]:
    """Judge a document; return the verdict, and what is wrong."""
    try:
        return check(kind, data), ""
    except AssertionError as error:
        return "finding", str(error).split("\n")[0]
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return "finding", f"{type(error).__name__} in {Path(frame.filename).name}:{frame.name}"


def smaller(kind: Kind, data: bytes, wrong: str, *, seconds: float = 20.0) -> bytes:
    """Take tokens, then bytes, out of a finding for as long as the same is wrong."""
    end = time.monotonic() + seconds
    # Figures in a message change with the size.
    same = re.sub(r"\d+|'.*'", "", wrong)
    for pattern in (_TOKENS.get(kind, _TOKENS["eml"]), _TOKENS["html"], re.compile(b".", re.DOTALL)):
        parts = list(pattern.findall(data))
        step = max(1, len(parts) // 2)
        while step:
            at = 0
            while at < len(parts):
                left = parts[:at] + parts[at + step :]
                if time.monotonic() > end:
                    return data
                if re.sub(r"\d+|'.*'", "", trial(kind, b"".join(left))[1]) == same:
                    parts = left
                    data = b"".join(parts)
                else:
                    at += step
            step //= 2
    return data


def main() -> None:
    """Run for as long as asked, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--findings", type=Path)
    parser.add_argument("--replay", type=Path, help="a file of --findings")
    options = parser.parse_args()
    if options.replay is not None:
        kind = cast("Kind", options.replay.name.partition("-")[0])
        sys.stdout.write(f"{check(kind, options.replay.read_bytes())}\n")
        return
    count: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    end = time.monotonic() + options.seconds
    for kind, data in documents(options.kind or KINDS, options.seed):
        if time.monotonic() > end:
            break
        verdict, wrong = trial(kind, data)
        count[kind, verdict] += 1
        if verdict != "finding":
            continue
        cause = (kind, re.sub(r"\d+|'.*'", "", wrong))
        seen[cause] += 1
        if seen[cause] <= 5 and options.findings is not None:
            small = smaller(kind, data, wrong)
            options.findings.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(small).hexdigest()[:12]
            (options.findings / f"{kind}-{digest}").write_bytes(small)
            sys.stdout.write(f"{kind}-{digest}: {wrong}\n")
            sys.stdout.flush()
    for (kind_name, verdict), number in sorted(count.items()):
        sys.stdout.write(f"{kind_name:14} {verdict:9} {number}\n")
    for (kind_name, wrong), number in seen.most_common():
        sys.stdout.write(f"{number} times {kind_name}: {wrong}\n")
    sys.exit(1 if seen else 0)


if __name__ == "__main__":
    main()
