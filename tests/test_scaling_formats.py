"""Time grows with the file, not with its square, in every format, whatever a file is made of.

As in `test_scaling.py`, each shape is gone through in two sizes, the sizes being those of an attack.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import quopri
import time
from typing import TYPE_CHECKING

import pytest

from sigtrim import CallToAction, Rewriter, SourceError, formats

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 5.0
RATIO = 3.3
NOISE = 0.03  # seconds; below it a ratio says nothing
ATTEMPTS = 4  # a busy machine can slow one of two runs down; what is not linear fails each time

REWRITER = Rewriter(cta=CallToAction("https://example.com/guide", "Get the guide"))
LIST = '<p><a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a></p>'
LINE = "<p>Ada Example, Z\u00fcrich, <a href=https://www.example.com/>example.com</a></p>\n"
PLAIN = "Ada Example, https://www.example.com/\n"
SIGNATURE = f'<div class="gmail_signature">{LIST}</div>'
SENT = "From: ada@example.com\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
FIELD = '{\\field{\\*\\fldinst HYPERLINK "https://%s/acme"}{\\fldrslt %s}}'
FIELDS = f"{FIELD % ('facebook.com', 'Facebook')} | {FIELD % ('x.com', 'X')}\\par "


def html_part(body: str, encoding: str) -> str:
    raw = body.encode()
    encoded = quopri.encodestring(raw) if encoding == "quoted-printable" else base64.encodebytes(raw)
    head = f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    return head + encoded.decode()


def message(body: str, encoding: str) -> str:
    return SENT + html_part(body + SIGNATURE, encoding)


def parts(size: int, part: str) -> str:
    return f'{SENT}Content-Type: multipart/mixed; boundary="b"\n\n' + f"--b\n{part}\n" * size + "--b--\n"


def nested(size: int) -> str:
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n' for at in range(size))
    return f"{SENT}{heads}Content-Type: text/html\n\n{LIST}"


def rtf(body: str) -> str:
    return f"{{\\rtf1\\ansi\\ansicpg1252 {body}{FIELDS}}}"


def send_as(*signatures: str) -> str:
    return json.dumps({"sendAs": [{"sendAsEmail": "ada@example.com", "signature": one} for one in signatures]})


APPLE = "Content-Type: text/html;\n\tcharset=utf-8\nMessage-Id: <1>\nMime-Version: 1.0\n"
MESSAGE = f"From ada Mon Jan  1 10:00:00 2024\n{SENT}Content-Type: text/html\n\n<p>Hello</p>{SIGNATURE}\n\n"

SHAPES: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "text, lines": (
        "text",
        3_000,
        lambda size: PLAIN * size + "Facebook: https://facebook.com/acme\nhttps://x.com/acme",
    ),
    "html, lines": ("html", 2_500, lambda size: LINE * size + LIST),
    "mailsignature, quoted-printable": (
        "mailsignature",
        2_000,
        lambda size: APPLE + html_part(LINE * size + LIST, "quoted-printable").partition("\n")[2],
    ),
    "mailsignature, soft breaks": (
        "mailsignature",
        50_000,
        lambda size: APPLE + "Content-Transfer-Encoding: quoted-printable\n\n" + "=\n" * size + "<p>",
    ),
    "eml, quoted-printable": ("eml", 4_000, lambda size: message(LINE * size, "quoted-printable")),
    "eml, base64": ("eml", 4_000, lambda size: message(LINE * size, "base64")),
    "eml, attachments": ("eml", 800, lambda size: parts(size, "Content-Type: image/png\n\nx")),
    "eml, alternatives": ("eml", 120, lambda size: parts(size, f"Content-Type: text/html\n\n{SIGNATURE}")),
    "eml, nested parts": ("eml", 400, nested),
    "eml, boundaries": ("eml", 20_000, lambda size: parts(1, "Content-Type: text/html\n\n" + "--b x\n--bb\n" * size)),
    "eml, header": ("eml", 30_000, lambda size: SENT + "X-Long: a\n" + " b\n" * size + "\n-- \n" + PLAIN),
    "eml, quotes": (
        "eml",
        8_000,
        lambda size: message(f"<blockquote>-- <br>{LINE}</blockquote>" * (size // 4), "base64"),
    ),
    "eml, dashes": ("eml", 20_000, lambda size: f"{SENT}\n" + "-- \n> a\nOn x wrote:\n" * size),
    "mbox, messages": ("mbox", 120, lambda size: MESSAGE * size),
    "mbox, separators": ("mbox", 6_000, lambda size: MESSAGE + "From ada 2024\n\n" * size),
    "rtf, paragraphs": ("rtf", 1_500, lambda size: rtf("{\\fs24 Ada Example, Z\\'fcrich}\\par\n" * size)),
    "rtf, links": ("rtf", 800, lambda size: rtf(FIELD % ("www.example.com", "page") * size)),
    "rtf, list": ("rtf", 300, lambda size: rtf(FIELDS * size)),
    "rtf, groups": ("rtf", 30_000, lambda size: rtf("{" * size + "}" * size)),
    "rtf, links in links": ("rtf", 500, lambda size: rtf("{\\field{\\*\\fldinst X}{\\fldrslt " * size + "}}" * size)),
    "rtf, instruction": (
        "rtf",
        30_000,
        lambda size: rtf("{\\field{\\*\\fldinst " + "{HYPER" * size + "}" * size + "}}"),
    ),
    "rtf, escapes": ("rtf", 8_000, lambda size: rtf("\\u8211\\'96\\'fc\\~" * size)),
    "rtf, cells": ("rtf", 1_000, lambda size: rtf("\\trowd\\cellx1\\pard\\intbl " + "a\\cell b\\cell\\row " * size)),
    "rtf, picture": ("rtf", 50_000, lambda size: rtf("{\\*\\shppict{\\pict\\pngblip " + "89504e47\n" * size + "}}")),
    "rtf, unclosed": ("rtf", 50_000, lambda size: "{\\rtf1 " + "{\\b a" * size),
    "gmail, addresses": ("gmail", 120, lambda size: send_as(*[f"<p>Ada</p>{LIST}"] * size)),
    "gmail, one signature": ("gmail", 2_500, lambda size: send_as(LINE * size + LIST)),
    "gmail, escapes": ("gmail", 40_000, lambda size: send_as("\u00fc\n\\" * size + LIST)),
    "gmail, other keys": ("gmail", 30_000, lambda size: send_as(LIST)[:-1] + ', "x": [' + '{"a": [1]},' * size + "0]}"),
}


def seconds(kind: str, data: bytes) -> float:
    best = float("inf")
    for _ in range(2):
        # The collector looks at all that the tests before have left behind, which says nothing of this file.
        gc.collect()
        gc.disable()
        start = time.process_time()
        with contextlib.suppress(SourceError):
            formats.rewrite_file(REWRITER, data, format=kind)
        best = min(best, time.process_time() - start)
        gc.enable()
    return best


@pytest.mark.parametrize("name", SHAPES)
def test_time_is_linear(name: str) -> None:
    kind, size, make = SHAPES[name]
    for _ in range(ATTEMPTS):
        small = seconds(kind, make(size // 2).encode())
        assert small < SECONDS
        large = seconds(kind, make(size).encode())
        assert large < SECONDS
        if large < RATIO * small + NOISE:
            return
    pytest.fail(f"{small:.3f} s, then {large:.3f} s")


@pytest.mark.parametrize("kind", ["html", "text", *formats.FORMATS])
def test_every_format_has_a_shape_that_is_rewritten(kind: str) -> None:
    made = [make(max(2, size // 50)).encode() for one, size, make in SHAPES.values() if one == kind]
    assert any(formats.rewrite_file(REWRITER, data, format=kind).changed for data in made)
