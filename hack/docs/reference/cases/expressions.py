"""Templates that compile and cannot do what they say: the end of 13xx."""

from __future__ import annotations

from typing import Final

from reference.cases.judgement import typed_case

_MAP: Final = "onReconcile:\n  configMaps:\n    - {{data: {{a: '{{{{ {} }}}}'}}}}\n"
_SWITCH: Final = "onReconcile:\n  configMaps:\n    - {{data: {{a: '{{{{ if {} }}}}on{{{{ end }}}}'}}}}\n"

EXPRESSIONS: Final = (
    typed_case(
        1309,
        "The render fails whenever it gets to this call: the argument has a type that the function never takes. Known "
        "are the types of constants, of what other functions give, and of fields by the schema they come from.",
        _MAP.format('.spec.image | join ","'),
        _MAP.format(".spec.image | toUpper"),
    ),
    typed_case(
        1310,
        "Some values of the field make the call fail, or the argument is taken for something else than it is.",
        _MAP.format("add .spec.size 1"),
        _MAP.format("add .spec.replicas 1"),
    ),
    typed_case(
        1311,
        "`printf` prints its complaints into the text: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA …)`.",
        _MAP.format('printf "%s-%s" .spec.image'),
        _MAP.format('printf "%s-%s" .spec.image .spec.size'),
    ),
    typed_case(
        1312,
        "One branch is always taken and the others never are.",
        _SWITCH.format('eq "web" "batch"'),
        _SWITCH.format('eq .spec.tier "batch"'),
    ),
    typed_case(
        1313,
        "By the schema the field never has the value it is compared with.",
        _SWITCH.format('eq .spec.tier "wbe"'),
        _SWITCH.format('eq .spec.tier "web"'),
    ),
    typed_case(
        1314,
        "The arguments stand in an order that leaves one of them without effect.",
        _MAP.format('default .spec.size "small"'),
        _MAP.format('default "small" .spec.size'),
    ),
    typed_case(
        1315,
        "A pipe hands its value over as the last argument. This function looks at the first one.",
        _MAP.format('.spec.image | trimPrefix "registry/"'),
        _MAP.format('trimPrefix .spec.image "registry/"'),
    ),
)
