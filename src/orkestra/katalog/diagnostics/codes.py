"""Every code in one table. A number is never given a second meaning: a code that is no longer told stays in RETIRED."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors refuse the file; warnings load but probably do not do what was meant; notes inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """``title`` names the class of finding in a few words; the message of each finding tells the case."""

    number: int
    title: str
    severity: Severity = Severity.ERROR

    @property
    def name(self) -> str:
        return f"ORK{self.number}"


@dataclass(frozen=True, slots=True)
class Retired:
    """A code of earlier versions. ``since``: the first version without it; ``instead``: what became of it."""

    number: int
    title: str
    since: str
    instead: str

    @property
    def name(self) -> str:
        return f"ORK{self.number}"


_ROWS = (
    # 10xx YAML
    (1001, "the YAML does not parse"),
    (1002, "a tab where YAML wants spaces"),
    (1003, "a key written twice"),
    (1004, "a custom tag"),
    (1005, "more than one document"),
    (1006, "aliases that expand beyond the limit"),
    (1007, "an alias without a usable anchor"),
    (1008, "nesting beyond the limit"),
    (1009, "a file beyond the size limit"),
    (1010, "text that is not UTF-8"),
    (1011, "a control character"),
    (1012, "a key that is not text"),
    (1013, "a merge key without a map"),
    (1014, "a number JSON cannot hold"),
    (1015, "nothing in the file"),
    (1016, "a file that cannot be read"),
    (1017, "findings beyond the limit", Severity.NOTE),
    # 11xx structure
    (1101, "an unknown key"),
    (1102, "a value of the wrong type"),
    (1103, "a required field is missing"),
    (1104, "a value out of range"),
    (1105, "a value that is none of the allowed ones"),
    (1106, "fields that exclude each other"),
    (1107, "not a duration"),
    (1108, "an unknown apiVersion"),
    (1109, "an unknown kind of file"),
    (1110, "a name Kubernetes would refuse"),
    (1111, "a selector that does not parse"),
    (1112, "a path out of the root"),
    (1113, "not a CustomResourceDefinition"),
    (1114, "crdFile and apiTypes disagree"),
    (1115, "a field path that does not parse"),
    (1116, "not a day, or days in the wrong order"),
    (1117, "not a version"),
    (1118, "a field that needs another"),
    (1120, "a protocol that is not spoken"),
    (1121, "a name that cannot be used"),
    (1122, "a CustomResourceDefinition that the API server would refuse"),
    # 12xx references
    (1201, "a reference to an unknown entry"),
    (1202, "a dependency cycle"),
    (1203, "the same thing declared twice"),
    (1204, "two entries of one kind that nothing parts"),
    (1205, "a built-in kind without labelSelector"),
    (1206, "a forEach name that hides a root"),
    (1207, "an item outside forEach"),
    (1208, "an undeclared name"),
    (1209, "a status path inside another"),
    (1210, "a result used before its call"),
    (1211, "a sentinel that is not at hand"),
    (1213, "a field worker autoscaling cannot see"),
    (1220, "an entry that no object reaches", Severity.WARNING),
    (1221, "a word that YAML reads as another value", Severity.WARNING),
    (1222, "a character that only looks like another", Severity.WARNING),
    (1223, "a child that is never made", Severity.WARNING),
    (1224, "an entry that makes objects of its own kind"),
    # 13xx templates
    (1301, "a template that does not parse"),
    (1302, "a template beyond the size limit"),
    (1303, "a root written with a capital"),
    (1304, "an unknown root", Severity.WARNING),
    (1305, "a path the CRD's schema cannot have"),
    (1306, "a value that may not fit the field", Severity.WARNING),
    (1307, "a value that never fits the field"),
    (1308, "an optional field without a default", Severity.NOTE),
    (1309, "an argument the function refuses"),
    (1310, "an argument the function may refuse", Severity.WARNING),
    (1311, "a format that does not fit its arguments", Severity.WARNING),
    (1312, "a condition that is the same for all data", Severity.WARNING),
    (1313, "a template's comparison with what the field never is"),
    (1314, "a value that never counts", Severity.WARNING),
    (1315, "a piped value in the wrong place", Severity.WARNING),
    # 14xx conditions
    (1401, "an unknown operator"),
    (1402, "two tests in one condition"),
    (1403, "not a number"),
    (1404, "a regular expression that does not parse"),
    (1405, "not a range"),
    (1406, "not a time of day"),
    (1407, "not a day of the week"),
    (1408, "not a cron expression"),
    (1409, "a test without a field"),
    (1410, "an operator without a value"),
    (1411, "a CEL expression that does not compile"),
    (1412, "a test that does not fit the field", Severity.WARNING),
    (1413, "a comparison with what the field never is"),
    (1414, "conditions that never or always hold", Severity.WARNING),
    (1420, "a pattern that other engines choke on", Severity.NOTE),
    # 15xx resources
    (1501, "a child's name Kubernetes would refuse"),
    (1502, "a field without effect here", Severity.WARNING),
    (1503, "children of a forEach that share a name", Severity.WARNING),
    (1504, "env written as a map"),
    (1505, "a kind that never did anything"),
    (1506, "a child the API server would refuse"),
    (1507, "a name that changes with every render"),
    (1508, "a value that changes with every render", Severity.WARNING),
    (1509, "two that scale one workload"),
    (1510, "retries that outlast the resync", Severity.WARNING),
    (1511, "a gate that does not say what a failed call means", Severity.WARNING),
    (1512, "a field no mutation can change"),
    (1513, "serve without a gateway", Severity.WARNING),
    (1514, "a definition at its end", Severity.WARNING),
    (1515, "versions that there are none of"),
    (1516, "a definition for other versions"),
    (1520, "a value Kubernetes would refuse"),
    (1521, "a part of a pod that is not there"),
    (1522, "values that contradict each other"),
    (1523, "a volume that nothing mounts", Severity.WARNING),
    (1524, "one child for all objects", Severity.NOTE),
    # 16xx compatibility
    (1601, "an older spelling"),
    (1602, "a newer spelling"),
    (1603, "a feature of Go programs"),
    # 17xx security
    (1701, "a literal credential"),
    (1702, "the value of a Secret in the open", Severity.WARNING),
    (1703, "a pod that could leave its container", Severity.WARNING),
    (1704, "a role that may do everything", Severity.WARNING),
    (1705, "a webhook that could lock the cluster", Severity.WARNING),
    (1706, "a protection that outlives its gateway", Severity.NOTE),
    (1707, "a line that is shown in another order", Severity.WARNING),
    # 18xx GitOps
    (1801, "marks of another tool on a child", Severity.WARNING),
    (1802, "a value that the runtime never takes over", Severity.WARNING),
    (1803, "a field that two writers want", Severity.WARNING),
    (1804, "a value that never is what Git says", Severity.WARNING),
    # 20xx composition
    (2001, "files that bring in each other"),
    (2002, "one entry from two imports"),
    (2003, "an override of nothing"),
    (2004, "a file of another kind"),
    (2005, "a composition beyond the limits"),
    (2006, "an included file of another shape"),
    (2007, "imports that disagree"),
    (2008, "a variable that is not set"),
    (2010, "a remote import that cannot be had"),
    (2011, "a remote import without its lock"),
    (2012, "content that differs from its lock"),
    (2020, "a Motif without an input it needs"),
    (2021, "an unknown input"),
    (2022, "an input of the wrong type"),
    (2023, "a status path of two Motifs"),
    (2024, "a note that calls itself"),
    (2025, "a built-in name that is hidden", Severity.WARNING),
    (2027, "an unknown profile, left out", Severity.WARNING),
    (2028, "something a Motif cannot hold"),
    # 19xx recognised, not run by this version
    (1901, "a field this version cannot run yet", Severity.NOTE),
    (1902, "a kind this version cannot run yet", Severity.NOTE),
)

CODES: dict[int, Code] = {row[0]: Code(*row) for row in _ROWS}
"""Code by number. 19xx are notes when validating and reasons to refuse when running."""

RETIRED: dict[int, Retired] = {
    row.number: row
    for row in (
        Retired(1525, "two autoscalers of one workload", "0.1.0", "ORK1509 tells it"),
        Retired(
            1903, "a template function this version cannot run yet", "0.1.0", "all functions run, your own ones too"
        ),
    )
}
"""Code by number; none of these is in CODES, now or later."""
