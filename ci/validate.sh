#!/usr/bin/env bash
# validate.sh: the step of a pull request. What to judge comes by environment variables, so that no value becomes shell code.
#
#   ORK_PATHS   files, folders or patterns, one a line (default: the whole repository)
#   ORK_CRDS    CRDs for entries without crdFile, one a line
#   ORK_STRICT  true: warnings fail too
#   ORK_OUTPUT  human, json, sarif, junit or github (default: human)
#   ORK_REPORT  file to write the report to (default: standard output)
#
# Exit codes are those of ork validate: 0 all well, 1 findings, 2 could not run.
set -euo pipefail
arguments=(--output "${ORK_OUTPUT:-human}")
[ "${ORK_STRICT:-false}" = true ] && arguments+=(--strict)
while IFS= read -r line; do
  [ -z "$line" ] || arguments+=(--crd "$line")
done <<<"${ORK_CRDS:-}"
paths=()
while IFS= read -r line; do
  [ -z "$line" ] || paths+=("$line")
done <<<"${ORK_PATHS:-}"
[ ${#paths[@]} -gt 0 ] || paths=(.)
if [ -n "${ORK_REPORT:-}" ]; then
  exec ork validate "${arguments[@]}" -- "${paths[@]}" >"$ORK_REPORT"
fi
exec ork validate "${arguments[@]}" -- "${paths[@]}"
