"""Patterns mean what RE2 says they mean, and no pattern hangs."""

import time

import pytest

from orkestra.k8s.regex import RegexError, compile_regex


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        (r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "my-app", True),
        (r"^[a-z]+$", "ab\n", False),
        (r"^\d+$", "٣", False),
        (r"^\w+$", "é", False),
        (r"^\s$", "\v", False),
        (r"^[\s]$", "\v", False),
        (r"a.c", "a\nc", False),
        (r"^\pL+$", "é", True),
        (r"(?i)^abc$", "ABC", True),
        (r"^a|b$", "ab", True),
        (r"^(a|b)*$", "abab", True),
        (r"^[[:alpha:]]+$", "abc", True),
        (r"^a{2,3}$", "aaaa", False),
        (r"\bfoo\b", "a foo b", True),
    ],
)
def test_search(pattern: str, text: str, is_match: bool) -> None:
    assert compile_regex(pattern).is_match(text) is is_match
    assert (compile_regex(pattern).find(text) is not None) is is_match  # by the other engine


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|a)*$", r"(.*)(.*)(.*)(.*)x$", r"^(a*)*b", r"a*a*a*a*a*a*b"])
def test_catastrophic_patterns_do_not_hang(pattern: str) -> None:
    started = time.process_time()
    assert not compile_regex(pattern).is_match("a" * 5000 + "!")
    assert not compile_regex(pattern).is_match("a" * 100 + "!")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "missing closing ): `(`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        (r"(a)\1", "invalid escape sequence: `\\1`"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, problem: str) -> None:
    with pytest.raises(RegexError) as caught:
        compile_regex(pattern)
    assert str(caught.value) == f"error parsing regexp: {problem}"


def test_find_all_follows_go() -> None:
    assert compile_regex("[0-9]*").find_all("12 a 3") == ["12", "", "", "3"]
    assert compile_regex("a").find_all("banana", 2) == ["a", "a"]
    assert compile_regex("x").find("abc") is None


@pytest.mark.parametrize("pattern", ["(" * 900 + "a" + ")" * 900, "(" * 3000 + ")" * 3000])
def test_a_pattern_nested_deeper_than_python_can_compile_is_no_crash(pattern: str) -> None:
    try:
        compile_regex(pattern)
    except RegexError:
        pass


@pytest.mark.parametrize("pattern", [r"\C", r"a\C+", r"[a]\C", r"\\\C", r"\Qa\E\C"])
def test_single_bytes_are_no_part_of_gos_syntax(pattern: str) -> None:
    with pytest.raises(RegexError, match="invalid escape sequence"):
        compile_regex(pattern)


@pytest.mark.parametrize("pattern", [r"\\C", r"\Q\C\E", r"[\\C]"])
def test_what_only_looks_like_a_single_byte_is_taken(pattern: str) -> None:
    assert compile_regex(pattern).is_match("\\C")


def test_half_a_surrogate_pair_is_some_character_in_a_text_and_an_error_in_a_pattern() -> None:
    pattern = compile_regex(r"(?i)^a.(b|c)$")
    assert pattern.is_match("a\ud800b")
    assert pattern.find("a\udfffc") == "a\ufffdc"
    assert pattern.find_all("a\ud800b") == ["a\ufffdb"]
    with pytest.raises(RegexError, match="invalid UTF-8"):
        compile_regex("a\ud800")
