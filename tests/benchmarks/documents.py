"""Invented documents in the shapes that mail clients and signature generators write; nothing here is anybody's.

The same arguments give the same documents. Another seed gives other names, firms and addresses in the same shapes, so
that what a program remembers of one round does not serve it in the next.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "HOSTS",
    "SHAPES",
    "captions",
    "irregular",
    "lone_link",
    "long_list",
    "nested",
    "newsletters",
    "no_platform",
    "of_shape",
    "regular",
    "signatures",
    "team",
    "thread",
]

_PLATFORMS = (
    ("facebook", "https://www.facebook.com/{}"),
    ("linkedin", "https://www.linkedin.com/company/{}"),
    ("instagram", "https://www.instagram.com/{}/"),
    ("x", "https://x.com/{}"),
    ("youtube", "https://www.youtube.com/@{}"),
    ("github", "https://github.com/{}"),
    ("tiktok", "https://www.tiktok.com/@{}"),
)
HOSTS = tuple(sorted(url.split("/")[2].removeprefix("www.") for _, url in _PLATFORMS))
_FIRST = ("Ada", "Tomás", "Mei", "Jörg", "Noor", "Iva", "Oleg", "Priya", "Sam")
_LAST = ("Byrne", "Lind", "Okafor", "Vance", "Castell", "Holt", "Ibsen", "Moreau")
_TITLES = ("Head of Things", "Field Engineer", "Account Manager", "Partner", "Researcher")
_FIRMS = ("acme", "northwind", "umbra-works", "blue-kiln", "old-harbour")
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


def _links(rng: random.Random, firm: str, least: int = 2, most: int = 5) -> list[tuple[str, str]]:
    chosen = rng.sample(_PLATFORMS, rng.randrange(least, most + 1))
    return [(name, url.format(firm)) for name, url in chosen]


def _icon(platform: str, url: str, firm: str) -> str:
    return (
        f'<a href="{url}" target="_blank" style="text-decoration:none"><img src="https://cdn.{firm}.example.com/icons/'
        f'{platform}.png" width="24" height="24" alt="{platform}" border="0"></a>'
    )


def _icon_table(rng: random.Random, firm: str, name: str) -> str:
    """Write what signature generators write: nested tables, a portrait, a row of icons."""
    style = "font-family:Arial,Helvetica,sans-serif;font-size:13px;line-height:18px;color:#333333"
    rows = "".join(f'<tr><td style="{style};padding:0 0 2px">{line}</td></tr>\n' for line in _contact(rng, firm, name))
    icons = "".join(f'<td style="padding-right:6px">{_icon(*one, firm)}</td>' for one in _links(rng, firm))
    return (
        f'<table cellpadding="0" cellspacing="0" border="0" style="{style}"><tbody><tr>'
        f'<td style="padding-right:14px" valign="top"><img src="https://cdn.{firm}.example.com/ada.jpg" width="96" '
        f'height="96" alt="{name}"></td><td valign="top"><table cellpadding="0" cellspacing="0">{rows}'
        f'<tr><td style="padding-top:8px"><table cellpadding="0" cellspacing="0"><tr>{icons}</tr></table></td></tr>'
        f'</table></td></tr></tbody></table>\n<p style="font-size:10px;color:#999999">{_LEGAL}</p>\n'
    )


def _icons_among_contacts(rng: random.Random, firm: str, name: str) -> str:
    """Write what most people have: three to six icons in one row with phone, mail, website and a booking link."""
    font = "font-family:Verdana,Geneva,sans-serif;font-size:12px;color:#2b2b2b"
    bold, title, phone, mail, website, address = _contact(rng, firm, name)
    icons = [_icon(*one, firm) for one in _links(rng, firm, 3, 6)]
    half = len(icons) // 2
    pin = f'<img src="https://cdn.{firm}.example.com/icons/pin.png" width="12" height="12" alt="">'
    booking = f'<a href="https://book.{firm}.example.com/{name[0].lower()}" style="color:#0b5394">Book a meeting</a>'
    return (
        f'<table cellpadding="0" cellspacing="0" style="{font}">\n<tr><td colspan="2" style="padding-bottom:6px">{bold}'
        f"<br>{title} &bull; Acme Example Ltd</td></tr>\n"
        f'<tr><td style="padding-right:12px">{phone}</td><td>{"&nbsp;".join(icons[:half])}&nbsp;{mail}</td></tr>\n'
        f"<tr><td>{pin} {address}</td><td>{website}&nbsp;{'&nbsp;'.join(icons[half:])}</td></tr>\n"
        f'<tr><td colspan="2" style="padding-top:6px">{booking}</td></tr>\n'
        f'<tr><td colspan="2"><a href="https://www.{firm}.example.com/fair"><img src="https://cdn.{firm}.example.com/'
        f'banner.png" width="420" height="80" alt="Meet us at the fair" border="0"></a></td></tr>\n</table>\n'
        f'<p style="{font};font-size:9px">{_LEGAL}</p>\n'
    )


def _text_list(rng: random.Random, firm: str, name: str) -> str:
    """Write what people write by hand: lines, and a list with separators."""
    lines = "<br>\n".join(_contact(rng, firm, name))
    links = " | ".join(f'<a href="{url}" style="color:#0b5394">{one.title()}</a>' for one, url in _links(rng, firm))
    return f'<div dir="ltr"><div>-- <br></div><div>{lines}<br>\nFollow us: {links}</div>\n<div>{_LEGAL}</div></div>\n'


def _word(rng: random.Random, firm: str, name: str) -> str:
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


def _with_handles(rng: random.Random, firm: str, name: str) -> str:
    """Write the plain kind: one line a contact, handles behind labels, no links on them."""
    lines = [*_contact(rng, firm, name), f"Twitter: @{firm}", f"Instagram: @{firm}", f"Skype: {firm}.office"]
    return (
        "<p>Kind regards</p>\n" + "".join(f"<p style='margin:0'>{line}</p>\n" for line in lines) + f"<p>{_LEGAL}</p>\n"
    )


SHAPES: dict[str, Callable[[random.Random, str, str], str]] = {
    "icon table": _icon_table,
    "icons among contacts": _icons_among_contacts,
    "text list": _text_list,
    "Word": _word,
    "handles": _with_handles,
}


def signatures(count: int = 50, seed: int = 0) -> list[str]:
    """Return signatures of 1 to 20 KB in all shapes; every fifth stands above a quoted message."""
    documents = []
    shapes = tuple(SHAPES.values())
    for at in range(count):
        rng = _random(seed, at)
        document = shapes[at % len(shapes)](rng, _firm(rng, seed, at), _name(rng))
        while at // len(shapes) % 5 == 4 and len(document) < 15_000:
            document += _message(rng, quoted=True)
        documents.append(document)
    return documents


def regular(seed: int) -> list[str]:
    """Return the signatures of which all tags are well nested."""
    return signatures(50, seed)


def of_shape(name: str, seed: int) -> list[str]:
    """Return signatures of one shape."""
    return [SHAPES[name](rng, _firm(rng, seed, at), _name(rng)) for at, rng in _randoms(seed, 30)]


def team(seed: int) -> list[str]:
    """Return the signatures of one firm: other people, the same shape, links and legal text."""
    rng = _random(seed, 0)
    shape, firm = SHAPES[("icons among contacts", "icon table", "Word")[seed % 3]], _firm(rng, seed, 0)
    links = rng.getrandbits(32)
    documents = []
    for _ in range(50):
        name, person = _name(rng), rng.randrange(100, 999)
        document = shape(random.Random(links), firm, "Ada Byrne")  # noqa: S311 - as in _random
        documents.append(document.replace("Ada Byrne", name).replace("ada@", f"{name[:3].lower()}{person}@"))
    return documents


def irregular(seed: int) -> list[str]:
    """Return signatures with what people's own editing leaves behind: crossed, stray and misplaced tags."""
    return [_break(document, at) for at, document in enumerate(signatures(50, seed))]


def _break(document: str, at: int) -> str:
    match at % 4:
        case 0:  # formatting that ends after the element it began in
            return document.replace("<b>", "<b><i>").replace("</b>", "</b></i>")
        case 1:  # something between the cells, which a browser moves in front of the table
            document = document.replace("<tr>", "<tr><font size=2>", 1).replace("</tr>", "</font></tr>", 1)
            return document.replace("</div>", "</span></div>", 1)
        case 2:  # end tags of nothing
            return document.replace("</td>", "</td></span></p>").replace("<br>", "</br></font>")
        case _:  # paragraphs around what is no phrase
            return f"<p><font face=Arial><b>{document}</font></b></p>"


def newsletters(seed: int) -> list[str]:
    """Return newsletters of some 70 KB: ghost tables for Outlook, articles, icons and an unsubscribe link below."""
    documents = []
    for at, rng in _randoms(seed, 5):
        firm = _firm(rng, seed, at)
        articles = "".join(_article(rng, firm, number) for number in range(30))
        icons = "".join(
            f'<td width="40" align="center" style="padding:0 4px">{_icon(*one, firm)}</td>'
            for one in _links(rng, firm, 3, 6)
        )
        documents.append(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>News of Acme</title>\n<style>\n'
            "@media only screen and (max-width:620px) { .col { width:100% !important; } }\n"
            "body { margin:0; padding:0; background:#f4f4f4; }\n.button a { color:#ffffff; }\n</style>\n</head>\n"
            '<body>\n<div style="display:none;max-height:0;overflow:hidden">All that happened this month</div>\n'
            '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">\n'
            f"{articles}"
            f'<table role="presentation" width="600" cellpadding="0" cellspacing="0"><tr><td>Follow us</td>{icons}</tr>'
            f'</table>\n<p style="font-size:11px;color:#888888">{_LEGAL}<a href="https://mail.{firm}.example.com/'
            'unsubscribe?id=12345&amp;list=news" style="color:#888888">Unsubscribe</a></p>\n'
            "</td></tr></table>\n</body>\n</html>\n"
        )
    return documents


def _article(rng: random.Random, firm: str, number: int) -> str:
    style = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;color:#333333"
    url = f"https://www.{firm}.example.com/news/{number}?utm_source=mail&amp;utm_medium=news"
    return (
        '<!--[if mso]><table role="presentation" width="600"><tr><td width="300"><![endif]-->\n'
        f'<div class="col" style="display:inline-block;width:100%;max-width:300px"><a href="{url}"><img '
        f'src="https://cdn.{firm}.example.com/{number}.jpg" width="280" height="160" alt="" border="0"></a></div>\n'
        '<!--[if mso]></td><td width="300"><![endif]-->\n'
        '<div class="col" style="display:inline-block;width:100%;max-width:300px">\n'
        f'<h2 style="{style};font-size:20px">{" ".join(rng.choices(_WORDS, k=6)).capitalize()}</h2>\n'
        f'<p style="{style}">{" ".join(rng.choices(_WORDS, k=60))}.</p>\n'
        f'<table role="presentation" cellpadding="0" cellspacing="0"><tr><td class="button" bgcolor="#0a66c2" '
        f'style="padding:10px 18px"><a href="{url}" style="{style};color:#ffffff">Read on</a></td></tr></table>\n'
        "</div>\n<!--[if mso]></td></tr></table><![endif]-->\n"
    )


def no_platform(seed: int) -> list[str]:
    """Return signatures without any platform in them."""
    documents = []
    for at, rng in _randoms(seed, 50):
        lines = _contact(rng, _firm(rng, seed, at), _name(rng))
        paragraphs = "".join(f"<p class=MsoNormal style='margin:0cm'>{line}</p>\n" for line in lines)
        documents.append(f"{paragraphs}<p>{_LEGAL}</p>\n" + _message(rng, quoted=False) * (at % 7))
    return documents


def lone_link(seed: int) -> list[str]:
    """Return the same kinds of document with one platform, which the multi-platform rule leaves alone."""
    return [
        f'{document}<p><a href="https://www.linkedin.com/in/ada-byrne-{seed}-{at}">LinkedIn</a></p>\n'
        for at, document in enumerate(no_platform(seed))
    ]


def thread(size: int, seed: int = 0) -> str:
    """Return a long exchange with a signature under every tenth message; below 5 KB one signature."""
    rng = _random(seed, size)
    if size <= 5_000:
        return _text_list(rng, _firm(rng, seed, size), _name(rng))
    shapes = (_icon_table, _icons_among_contacts, _text_list)
    parts: list[str] = []
    length = 0
    while length < size:
        at = len(parts)
        part = _message(rng, quoted=False)
        if at % 10 == 9:
            part += shapes[at // 10 % 3](rng, _firm(rng, seed, at), _name(rng))
        parts.append(part)
        length += len(part)
    return "".join(parts)


def long_list(count: int, seed: int = 0) -> str:
    """Return a page of so many links to platforms, each in a line with what stays."""
    rng = _random(seed, count)
    lines = []
    for at in range(count):
        platform, url = _PLATFORMS[at % len(_PLATFORMS)]
        mail = f"member{at}@acme.example.com"
        lines.append(
            f'<p><b>{_name(rng)}</b>, <a href="mailto:{mail}">{mail}</a> | '
            f'<a href="{url.format(f"member{seed}n{at}")}">{platform.title()}</a></p>\n'
        )
    return "".join(lines)


def nested(depth: int, seed: int = 0) -> str:
    """Return a signature inside so many quotations of quotations."""
    rng = _random(seed, depth)
    return '<div class="quote">' * depth + _text_list(rng, _firm(rng, seed, depth), _name(rng)) + "</div>\n" * depth


def captions(seed: int, count: int = 300) -> list[str]:
    """Return captions in the usual shapes: prose, chapters, credits, sources, a list, hashtags."""
    documents = []
    for at, rng in _randoms(seed, count):
        firm = f"{rng.choice(_FIRMS)}{seed}n{at}".replace("-", "")
        prose = " ".join(rng.choices(_WORDS, k=rng.randrange(20, 160))).capitalize()
        listed = "\n".join(f"{name.title()}: {url}" for name, url in _links(rng, firm))
        chapters = "\n".join(f"{minute:02}:00 {' '.join(rng.choices(_WORDS, k=4))}" for minute in range(at % 9))
        documents.append(
            f"{prose}. Notes: https://www.{firm}.example.com/notes/{at}\n\n{chapters}\n"
            f"Camera: @ida_{firm}\nMusic: https://music.{firm}.example.org/tracks/{at}\n\nFollow us:\n{listed}\n"
            f"Don't forget to subscribe to my channel!\n\n#{rng.choice(_WORDS)} #{firm}\n"
        )
    return documents


def _message(rng: random.Random, *, quoted: bool) -> str:
    paragraphs = "".join(
        f'<p style="margin:0 0 12px;font-family:Calibri,sans-serif">{" ".join(rng.choices(_WORDS, k=40))}.</p>\n'
        for _ in range(4)
    )
    return f'<blockquote type="cite" style="margin:0">\n{paragraphs}</blockquote>\n' if quoted else paragraphs


def _random(seed: int, at: int) -> random.Random:
    return random.Random(seed * 1_000_003 + at)  # noqa: S311 - documents to measure, no secrets


def _randoms(seed: int, count: int) -> list[tuple[int, random.Random]]:
    return [(at, _random(seed, at)) for at in range(count)]


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _firm(rng: random.Random, seed: int, at: int) -> str:
    return f"{rng.choice(_FIRMS)}-{seed}n{at}"
