from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.parse.source import Span
from sigtrim.rewrite.edits import Edit, apply, deleted

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

TEXTS = st.text(alphabet="ab<>é\r\n\U0001f600", max_size=30)


@st.composite
def texts_with_edits(draw: Callable[..., object]) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    assert isinstance(text, str)
    edits: list[Edit] = []
    for index in range(draw(st.integers(0, 6))):  # type: ignore[call-overload]
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))  # type: ignore[arg-type]
        content = f"[{index}]" if draw(st.booleans()) or start == end else ""
        edits.append(Edit(Span(start, end), content))  # type: ignore[arg-type]
    return text, edits


def applied_character_by_character(text: str, edits: list[Edit]) -> str:
    """The meaning of `apply`, written down without any regard to speed."""
    gone = {offset for edit in edits for offset in range(edit.span.start, edit.span.end)}
    result = ""
    for offset in range(len(text) + 1):
        result += "".join(edit.content for edit in edits if edit.span.start == offset)
        if offset < len(text) and offset not in gone:
            result += text[offset]
    return result


def test_no_edits_change_nothing() -> None:
    assert apply("a\r\nb", []) == "a\r\nb"


@given(texts_with_edits())
def test_apply_equals_the_slow_meaning(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    assert apply(text, edits) == applied_character_by_character(text, edits)


@given(texts_with_edits(), st.randoms(use_true_random=False))
def test_the_order_of_deletions_and_of_insertions_apart_does_not_matter(
    case: tuple[str, list[Edit]], randomness: random.Random
) -> None:
    text, edits = case
    # Insertions at one offset keep their order on purpose, so only the first one at each offset takes part here.
    first_at = {edit.span.start: edit for edit in reversed(edits) if edit.content}
    chosen = [edit for edit in edits if not edit.content or first_at[edit.span.start] is edit]
    shuffled = chosen[:]
    randomness.shuffle(shuffled)
    assert apply(text, shuffled) == apply(text, chosen)


@given(texts_with_edits())
def test_deleted_is_sorted_apart_and_the_same_when_asked_again(case: tuple[str, list[Edit]]) -> None:
    spans = deleted(case[1])
    assert all(one.end < two.start for one, two in itertools.pairwise(spans))
    assert all(span.start < span.end for span in spans)
    assert deleted(Edit.deletion(span) for span in spans) == spans


def test_touching_and_nested_deletions_are_one() -> None:
    row = "<tr><td>fb</td></tr>tail"
    edits = [Edit.deletion(Span(4, 15)), Edit.deletion(Span(0, 20)), Edit.deletion(Span(20, 22))]
    assert apply(row, edits) == "il"
    assert deleted(edits) == (Span(0, 22),)


def test_an_insertion_survives_inside_a_deletion() -> None:
    assert apply("abcdef", [Edit.deletion(Span(1, 5)), Edit.insertion(3, "X")]) == "aXf"


def test_insertions_at_both_ends_of_the_text() -> None:
    assert apply("mid", [Edit.insertion(3, ">"), Edit.insertion(0, "<")]) == "<mid>"


def test_insertions_at_one_offset_keep_their_order() -> None:
    assert apply("ab", [Edit.insertion(1, "1"), Edit.replacement(Span(1, 2), "2"), Edit.insertion(1, "3")]) == "a123"


@pytest.mark.parametrize("span", [Span(3, 2), Span(-1, 2)])
def test_a_span_that_is_none_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="span"):
        Edit.deletion(span)


def test_an_edit_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        Edit.deletion(Span(4, 4))
    with pytest.raises(ValueError, match="changes nothing"):
        Edit.insertion(4, "")


@pytest.mark.parametrize("edit", [Edit.deletion(Span(2, 4)), Edit.insertion(4, "x")])
def test_an_edit_outside_the_text_is_refused(edit: Edit) -> None:
    with pytest.raises(ValueError, match="offset 4, the text ends at 3"):
        apply("abc", [edit])
