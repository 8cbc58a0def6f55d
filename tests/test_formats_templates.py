"""Templates of other tools: their placeholders are text to us, in addresses too; they need no format of their own."""

from __future__ import annotations

import re

import pytest

from sigtrim import CallToAction, Rewriter

CTA = CallToAction("https://example.com/guide", "Get the free guide")
LIST = (
    '<a href="https://www.linkedin.com/company/acme-example">LinkedIn</a> | <a href="https://x.com/acme_example">X</a>'
)

# The placeholders of Set-OutlookSignatures, GAM, Exchange, CodeTwo, Handlebars, Jinja and EJS.
TEMPLATES = [
    '<p>$CurrentUserGivenname$ $CurrentUserSurname$</p><p><a href="mailto:$CurrentUserMail$">$CurrentUserMail$</a></p>',
    '<p>{FirstName} {LastName}</p><p><a href="tel:{Phone}">{Phone}</a></p>',
    "<p>%%DisplayName%%</p><p>%%PhoneNumber%% %%Street%%</p>",
    "<p>{First name}</p>{rt}<p>{Phone}</p>{/rt}",
    '<p>{{#if name}}{{name}}{{/if}}</p><p><a href="{{{website}}}">{{ website | host }}</a></p>',
    '{% for line in lines %}<p>{{ line|e }}</p>{% endfor %}{# <a href="https://x.com/acme">no</a> #}',
    '<p><%= name %></p><% if (phone) { %><p><a href="tel:<%= phone %>"><%- phone %></a></p><% } %>',
]
each_template = pytest.mark.parametrize("template", TEMPLATES)
PLACEHOLDER = re.compile(r"\$\w+\$|%%\w+%%|\{\{.*?\}\}+|\{%.*?%\}|<%.*?%>|\{/?[\w ]+\}")


@each_template
def test_noop_a_template_without_a_list_stays(template: str) -> None:
    result = Rewriter().rewrite(template, format="html")
    assert (result.output, result.skipped) == (template, None)


@each_template
@pytest.mark.parametrize(
    "around", ["{0}<p>{1}</p>", "<p>{1}</p>{0}", "<table><tr><td>{0}</td><td>{1}</td></tr></table>"]
)
def test_the_list_goes_and_every_placeholder_stays(template: str, around: str) -> None:
    page = around.replace("{0}", template).replace("{1}", LIST)
    result = Rewriter(cta=CTA).rewrite(page, format="html")
    assert result.skipped is None
    assert isinstance(result.output, str)
    assert PLACEHOLDER.findall(result.output) == PLACEHOLDER.findall(page)
    assert "acme-example" not in result.output
    assert result.output.count("Get the free guide") == 1


def test_placeholders_as_handles_do_not_hide_the_list() -> None:
    page = (
        '<p>$CurrentUserGivenname$</p><p><a href="https://www.linkedin.com/in/{{linkedin}}">LinkedIn</a> | '
        '<a href="https://x.com/$CurrentUserMailbox$">X</a></p>'
    )
    result = Rewriter(cta=CTA).rewrite(page, format="html")
    assert result.output == (
        "<p>$CurrentUserGivenname$</p>"
        '<p><a href="https://example.com/guide" data-sigtrim="cta">Get the free guide</a></p>'
    )


THUNDERBIRD = "Ada Okafor\nHead of Support, Acme Instruments\n\n{}+49 30 555 0123\n"


def test_noop_the_text_signature_of_thunderbird_stays_with_one_platform() -> None:
    text = THUNDERBIRD.format("LinkedIn: https://www.linkedin.com/company/acme-example\n")
    assert Rewriter().rewrite(text, format="text").output == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", ["", "-- \n"])
def test_the_text_signature_of_thunderbird(separator: str, newline: str) -> None:
    links = "LinkedIn: https://www.linkedin.com/company/acme-example\nX: https://x.com/acme_example\n"
    text = (separator + THUNDERBIRD.format(links)).replace("\n", newline)
    result = Rewriter(cta=CTA).rewrite(text.encode(), format="text")
    assert isinstance(result.output, bytes)
    output = result.output.decode()
    assert output.startswith(separator.replace("\n", newline) + "Ada Okafor" + newline)
    assert "+49 30 555 0123" in output
    assert "acme_example" not in output
    assert output.count("https://example.com/guide") == 1
    assert output.count("\n") == output.count(newline)
