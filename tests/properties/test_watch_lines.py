"""However a watch stream is cut into chunks, the same events come out."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from orkestra.client.watch import LineSplitter

LINES = st.lists(
    st.binary(min_size=1, max_size=40).filter(lambda line: b"\n" not in line and line != b"\r"), max_size=12
)


@given(lines=LINES, cuts=st.lists(st.integers(min_value=0, max_value=500), max_size=30))
def test_lines_do_not_depend_on_chunks(lines: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    splitter = LineSplitter()
    found = [line for start, end in itertools.pairwise(edges) for line in splitter.feed(stream[start:end])]
    assert found == lines
    assert not splitter.has_partial_line
