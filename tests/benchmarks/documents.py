"""Invented signatures in the shapes that mail clients and signature generators write; nothing here is anybody's."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["lone_link", "no_platform", "signatures", "thread"]

_PLATFORMS = (
    ("facebook", "https://www.facebook.com/{}"),
    ("linkedin", "https://www.linkedin.com/company/{}"),
    ("instagram", "https://www.instagram.com/{}/"),
    ("x", "https://x.com/{}"),
    ("youtube", "https://www.youtube.com/@{}"),
    ("github", "https://github.com/{}"),
    ("tiktok", "https://www.tiktok.com/@{}"),
)
_NAMES = ("Ada Byrne", "Tomás Lind", "Mei Okafor", "Jörg Vance", "Noor Castell", "Iva Holt")
_TITLES = ("Head of Things", "Field Engineer", "Account Manager", "Partner", "Researcher")
_FIRMS = ("acme", "northwind-example", "umbra-works", "blue-kiln", "old-harbour")
_LEGAL = (
    "This message is confidential and intended for the addressee only. If you are not the addressee, please tell the "
    "sender and delete it; copying it or passing it on is not permitted. Acme Example Ltd, registered in Exampleshire "
    "under number 01234567, registered office 1 Example Way, EX4 1PL. "
)
_WORDS = ("the", "plan", "for", "next", "week", "still", "holds", "please", "send", "your", "notes", "by", "Friday")


def _contact(rng: random.Random, firm: str, name: str) -> list[str]:
    mail = f"{name.partition(' ')[0].lower()}@{firm}.example.com"
    phone = f"+44 20 7946 0{rng.randrange(100, 999)}"
    return [
        f"<b>{name}</b>",
        rng.choice(_TITLES),
        f'<a href="tel:{phone.replace(" ", "")}" style="color:#333333">{phone}</a>',
        f'<a href="mailto:{mail}" style="color:#0b5394">{mail}</a>',
        f'<a href="https://www.{firm}.example.com/?from=mail&amp;who={mail[0]}">www.{firm}.example.com</a>',
        f"1 Example Way,&nbsp;Exampleton EX{rng.randrange(1, 9)} 1PL",
    ]


def _links(rng: random.Random, firm: str) -> list[tuple[str, str]]:
    chosen = rng.sample(_PLATFORMS, rng.randrange(2, 6))
    return [(name, url.format(firm)) for name, url in chosen]


def icon_table(rng: random.Random, firm: str, name: str) -> str:
    """Write what signature generators write: nested tables, a portrait, a row of icons."""
    style = "font-family:Arial,Helvetica,sans-serif;font-size:13px;line-height:18px;color:#333333"
    rows = "".join(f'<tr><td style="{style};padding:0 0 2px">{line}</td></tr>\n' for line in _contact(rng, firm, name))
    icons = "".join(
        f'<td style="padding-right:6px"><a href="{url}" target="_blank" style="text-decoration:none">'
        f'<img src="https://cdn.{firm}.example.com/icons/{platform}.png" width="24" height="24" '
        f'alt="{platform}" border="0"></a></td>'
        for platform, url in _links(rng, firm)
    )
    return (
        f'<table cellpadding="0" cellspacing="0" border="0" style="{style}"><tbody><tr>'
        f'<td style="padding-right:14px" valign="top"><img src="https://cdn.{firm}.example.com/ada.jpg" width="96" '
        f'height="96" alt="{name}"></td><td valign="top"><table cellpadding="0" cellspacing="0">{rows}'
        f'<tr><td style="padding-top:8px"><table cellpadding="0" cellspacing="0"><tr>{icons}</tr></table></td></tr>'
        f'</table></td></tr></tbody></table>\n<p style="font-size:10px;color:#999999">{_LEGAL}</p>\n'
    )


def text_list(rng: random.Random, firm: str, name: str) -> str:
    """Write what people write by hand: lines, and a list with separators."""
    lines = "<br>\n".join(_contact(rng, firm, name))
    links = " | ".join(f'<a href="{url}" style="color:#0b5394">{one.title()}</a>' for one, url in _links(rng, firm))
    return f'<div dir="ltr"><div>-- <br></div><div>{lines}<br>\nFollow us: {links}</div>\n<div>{_LEGAL}</div></div>\n'


def word(rng: random.Random, firm: str, name: str) -> str:
    """Write what Word and Outlook write: conditional comments, VML beside each picture, `<o:p>`."""
    style = 'style="mso-margin-top-alt:auto;margin-bottom:0cm;line-height:normal"'
    font = "font-size:10.0pt;font-family:&quot;Arial&quot;,sans-serif;color:#404040;mso-fareast-language:EN-GB"
    lines = "".join(
        f"<p class=MsoNormal {style}><span style='{font}'>{line}<o:p></o:p></span></p>\r\n\r\n"
        for line in _contact(rng, firm, name)
    )
    icons = "".join(
        f"<a href=\"{url}\"><span style='{font};text-decoration:none'><!--[if gte vml 1]>"
        f'<v:shape id="p{at}" type="#_x0000_t75" href="{url}" '
        f'style=\'width:18pt;height:18pt\'><v:imagedata src="x_files/{platform}.png" o:title="{platform}"/>'
        f"</v:shape><![endif]--><![if !vml]>"
        f'<img border=0 width=24 height=24 src="x_files/{platform}.png" alt="{platform}" '
        'v:shapes="p1"><![endif]></span></a>&nbsp;'
        for at, (platform, url) in enumerate(_links(rng, firm))
    )
    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">\r\n\r\n'
        "<head>\r\n"
        "<!--[if !mso]>\r\n<style>\r\nv\\:* {behavior:url(#default#VML);}\r\n</style>\r\n<![endif]-->\r\n"
        "<!--[if gte mso 9]><xml>\r\n <o:OfficeDocumentSettings>\r\n  <o:AllowPNG/>\r\n </o:OfficeDocumentSettings>\r\n"
        "</xml><![endif]-->\r\n<style>\r\n<!--\r\n"
        " p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;}\r\n"
        "a:link {color:#0563C1;}\r\n-->\r\n</style>\r\n</head>\r\n\r\n"
        '<body lang=EN-GB link="#0563C1">\r\n\r\n<div class=WordSection1>\r\n\r\n'
        f"{lines}<p class=MsoNormal {style}>{icons}<span style='{font}'><o:p></o:p></span></p>\r\n\r\n"
        f"<p class=MsoNormal {style}><span style='{font}'>{_LEGAL}<o:p></o:p></span></p>\r\n\r\n"
        "</div>\r\n\r\n</body>\r\n\r\n</html>\r\n"
    )


def with_handles(rng: random.Random, firm: str, name: str) -> str:
    """Write the plain kind: one line a contact, handles behind labels, no links on them."""
    lines = [*_contact(rng, firm, name), f"Twitter: @{firm}", f"Instagram: @{firm}", f"Skype: {firm}.office"]
    return (
        "<p>Kind regards</p>\n" + "".join(f"<p style='margin:0'>{line}</p>\n" for line in lines) + f"<p>{_LEGAL}</p>\n"
    )


_SHAPES: tuple[Callable[[random.Random, str, str], str], ...] = (icon_table, text_list, word, with_handles)


def signatures(count: int = 47) -> list[str]:
    """Return signatures of 1 to 20 KB, the same ones every time."""
    documents = []
    for at in range(count):
        rng = random.Random(at)  # noqa: S311 - documents to measure, no secrets
        document = _SHAPES[at % len(_SHAPES)](rng, rng.choice(_FIRMS), rng.choice(_NAMES))
        while at % 5 == 4 and len(document) < 15_000:  # some hold a quoted message
            document += _message(rng, quoted=True)
        documents.append(document)
    return documents


def no_platform() -> list[str]:
    """Return the same kinds of document without any platform in them."""
    documents = []
    for at in range(47):
        rng = random.Random(at)  # noqa: S311 - as above
        firm, name = rng.choice(_FIRMS), rng.choice(_NAMES)
        lines = "".join(f"<p class=MsoNormal style='margin:0cm'>{line}</p>\n" for line in _contact(rng, firm, name))
        documents.append(lines + f"<p>{_LEGAL}</p>\n" + _message(rng, quoted=False) * (at % 7))
    return documents


def lone_link() -> list[str]:
    """Return the same kinds of document with one platform, which the multi-platform rule leaves alone."""
    link = '<p><a href="https://www.linkedin.com/in/ada-byrne-example">LinkedIn</a></p>\n'
    return [document + link for document in no_platform()]


def thread(size: int) -> str:
    """Return a long exchange with a signature under every tenth message."""
    rng = random.Random(size)  # noqa: S311 - as above
    parts: list[str] = []
    length = 0
    while length < size:
        part = _message(rng, quoted=False)
        if len(parts) % 10 == 9:
            part += _SHAPES[len(parts) % 2](rng, rng.choice(_FIRMS), rng.choice(_NAMES))
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _message(rng: random.Random, *, quoted: bool) -> str:
    paragraphs = "".join(
        f'<p style="margin:0 0 12px;font-family:Calibri,sans-serif">{" ".join(rng.choices(_WORDS, k=40))}.</p>\n'
        for _ in range(4)
    )
    return f'<blockquote type="cite" style="margin:0">\n{paragraphs}</blockquote>\n' if quoted else paragraphs
