"""YAML as kubectl reads it (sigs.k8s.io/yaml)."""

from __future__ import annotations

import re
from typing import Any

from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import ListNode, Node, ScalarNode, parse, plain_value
from tests.fuzz import yamls
from tests.fuzz.chance import Chance
from tests.judges.agreement import Agreement, names
from tests.judges.panel import Panel

REFUSED = {
    "ORK1003": "a key written twice is refused; kubectl takes the last",
    "ORK1004": "tags beyond YAML's own are refused",
    "ORK1011": "control characters are refused",
    "ORK1012": "keys that are no text, or missing, are refused",
    "ORK1013": "<< takes maps only",
    "ORK1015": "an empty file is refused",
}
MEANT = {
    "(?s).\ufeff": "a byte-order mark within the text is skipped",
    r"<<\s*:": "a key of the map itself wins over a merged one, wherever it stands",
    r":\s*[,\]}]": "libyaml refuses a plain scalar that ends with a colon within brackets",
    "[0-9]{20}.*:|[0-9]{20}[^\n]*}": "keys keep what was written: on, 007 and ~ are text",
    r"{.*\?": "libyaml takes a question mark within a plain scalar in brackets",
    r"(^|\s)![^ \n]": "tags beyond YAML's own are refused",
}
REFUSAL = "refused"
_SURROGATE = re.compile("[\ud800-\udfff]")


def test_plain_scalars(panel: Panel, agreement: Agreement) -> None:
    for batch in names("scalar", 20_000):
        texts = []
        for chance in map(Chance, batch):
            plain = chance.one(yamls.PLAIN)
            at = chance.randrange(len(plain) + 1)
            texts.append(
                "a: " + (plain if chance.maybe(0.3) else plain[:at] + chance.one("0179_.eEx+-:TZ ") + plain[at:])
            )
        hold(panel, agreement, texts)


def test_documents(panel: Panel, agreement: Agreement) -> None:
    for batch in names("document", 10_000):
        hold(panel, agreement, [yamls.Grammar(chance).document() for chance in map(Chance, batch)])


def test_spoilt_documents(panel: Panel, agreement: Agreement) -> None:
    for batch in names("spoilt", 8_000):
        chances = [Chance(name) for name in batch]
        hold(panel, agreement, [yamls.spoilt(chance, yamls.Grammar(chance).document()) for chance in chances])


def hold(panel: Panel, agreement: Agreement, texts: list[str]) -> None:
    texts = [text for text in texts if not _SURROGATE.search(text)]
    for text, answer in zip(texts, panel.ask("yaml", [{"text": text} for text in texts]), strict=True):
        said = answer.get("error", "")
        theirs = REFUSAL if said else like_json(answer["out"])
        tree, codes = read(text)
        ours = REFUSAL if tree is None else like_json(plain_value(tree))
        if "number nan" in str(ours) or "number inf" in str(ours) or "number -inf" in str(ours):
            ours = REFUSAL  # by whoever needs a number
        why = next((reason for code, reason in REFUSED.items() if code in codes), None)
        why = why or next((reason for pattern, reason in MEANT.items() if re.search(pattern, f"{text}\n{said}")), None)
        if tree is not None and as_kubectl(tree) == theirs:
            why = "keys keep what was written: on, 007 and ~ are text"
        agreement.hold(ours, theirs, text, ",".join(codes), said, why=why)


def read(text: str) -> tuple[Node | None, list[str]]:
    """The tree, or why there is none."""
    findings = Findings()
    tree = parse(SourceText("k.yaml", text.removeprefix("\ufeff")), findings)
    return (None if findings.has_errors else tree), [each.code for each in findings.sorted()]


def as_kubectl(node: Node) -> Any:
    """The tree with keys resolved like values, which JSON then makes text; a null key is refused."""
    if isinstance(node, ScalarNode):
        return like_json(node.value)
    if isinstance(node, ListNode):
        items = [as_kubectl(item) for item in node.items]
        return REFUSAL if REFUSAL in items else items
    pairs = [(key.value, as_kubectl(value)) for key, value in node.entries.values()]
    if any(key is None or value == REFUSAL for key, value in pairs):
        return REFUSAL
    return {str(key).lower() if isinstance(key, bool) else str(key): value for key, value in pairs}


def like_json(value: Any) -> Any:
    """Comparable: 1 and 1.0 are one number to JSON, and true is none."""
    if isinstance(value, dict):
        return {key: like_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [like_json(item) for item in value]
    if isinstance(value, bool):
        return f"bool {value}"
    return f"number {float(value)!r}" if isinstance(value, int | float) else value
