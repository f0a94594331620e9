"""The map of an edited text leads every stretch back to the source it was made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.textmap import Edit, TextMap, apply, identity


@st.composite
def edited(draw: st.DrawFn, alphabet: str = "甲乙丙丁ab") -> tuple[str, list[Edit]]:
    text = draw(st.text(alphabet, max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = [Edit(a, b, draw(st.text("xyz", max_size=3))) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    return text, edits


@given(edited())
def test_kept_characters_map_to_themselves(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    text, chart = apply(source, edits)
    shift = 0
    for at, character in enumerate(source):
        shift += sum(len(e.text) - (e.end - e.start) for e in edits if e.end == at)
        if not any(e.start <= at < e.end for e in edits):
            assert text[at + shift] == character
            assert chart.source_span(at + shift, at + shift + 1) == (at, at + 1)


@given(edited(), st.data())
def test_composition_equals_two_steps(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    middle, first = apply(source, edits)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(middle)), max_size=6)))
    again = [Edit(a, b, "q") for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    final, second = apply(middle, again)
    both = second.compose(first)
    for at in range(len(final)):
        assert both.source_span(at, at + 1) == first.source_span(*second.source_span(at, at + 1))


def test_whole_values() -> None:
    text, chart = apply("發(fā)布公告", [Edit(0, 1, "发"), Edit(1, 5, "")])
    assert text == "发布公告"
    assert chart == TextMap(((0, 1, 0, 1), (1, 4, 5, 8)))
    assert chart.source_span(0, 2) == (0, 6)
    assert chart.source_span(1, 2) == (5, 6)
    assert identity("").source_span(0, 0) == (0, 0)


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply("abcdef", [Edit(0, 3, ""), Edit(2, 4, "")])


@pytest.mark.parametrize(
    ("again", "spans"),
    [  # of "xyzaaxyza": two of the three letters that stand for two of the source; three that stand for three
        ([Edit(7, 9, "q")], [(0, 1), (0, 1), (0, 1), (1, 2), (2, 3), (3, 5), (3, 5), (3, 6)]),
        ([Edit(7, 9, "qrs")], [(0, 1), (0, 1), (0, 1), (1, 2), (2, 3), (3, 5), (3, 5), (3, 6), (3, 6), (3, 6)]),
    ],
)
def test_what_maps_as_a_whole_does_so_where_both_sides_are_equally_long(
    again: list[Edit], spans: list[tuple[int, int]]
) -> None:
    middle, first = apply("aaaaaa", [Edit(0, 1, "xyz"), Edit(3, 5, "xyz")])
    final, second = apply(middle, again)
    both = second.compose(first)
    assert [both.source_span(at, at + 1) for at in range(len(final))] == spans
