"""Use sigtrim as a library: rewrite one signature, and say what went and what stayed."""

from __future__ import annotations

from sigtrim import CallToAction, Rewriter, Rules

SIGNATURE = """\
<p>Ada Example, Head of Support<br>
<a href="tel:+15550100">+1 555 0100</a> | <a href="https://www.example.com/">example.com</a></p>
<p>Follow us: <a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a> |
<a href="https://www.linkedin.com/company/acme">LinkedIn</a></p>
"""


def main() -> None:
    """Print the new signature and the reasons."""
    # Made once, used for every signature of a team; safe to share between threads.
    rewriter = Rewriter(
        cta=CallToAction("https://example.com/guide", "Get the free guide"),
        rules=Rules(keep={"linkedin"}),
    )
    result = rewriter.rewrite(SIGNATURE, format="html", name="ada.html")
    print(result.output)
    for removal in result.removals:
        print(f"line {removal.line}: {removal.code} {removal.platform or ''} ({', '.join(removal.evidence)})")
    for kept in result.kept:
        print(f"line {kept.line}: {kept.platform} stays, {kept.reason}")


if __name__ == "__main__":
    main()
