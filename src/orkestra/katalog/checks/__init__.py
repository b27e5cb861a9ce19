"""Rules that look at more than one field: small functions in an ordered tuple.

Owns: what makes a well-formed Katalog wrong anyway. Does not own the shape of single fields; the tables in ``schema``
do. A check reads the compiled boxes, points into the tree, reports, and changes nothing.

Invariants: a check never raises and never depends on another having passed; order decides only the order of work.
"""

from orkestra.katalog.checks.checked import Check, Checked
from orkestra.katalog.checks.conjunctions import check_lists
from orkestra.katalog.checks.credentials import check_credentials
from orkestra.katalog.checks.dependencies import check_dependencies
from orkestra.katalog.checks.duplicates import check_duplicate_children, check_status_paths
from orkestra.katalog.checks.exposure import check_secret_exposure
from orkestra.katalog.checks.fieldtypes import check_field_types
from orkestra.katalog.checks.ineffective import check_ineffective_fields
from orkestra.katalog.checks.kinds import check_builtin_selectors, check_own_kind, check_reach, check_shared_kinds
from orkestra.katalog.checks.lookalikes import check_scalars
from orkestra.katalog.checks.loops import check_loops
from orkestra.katalog.checks.manifests import check_manifests
from orkestra.katalog.checks.names import check_names
from orkestra.katalog.checks.parts import check_parts
from orkestra.katalog.checks.privileges import check_privileges, check_roles
from orkestra.katalog.checks.references import check_references
from orkestra.katalog.checks.rivals import check_rivals
from orkestra.katalog.checks.schemas import check_schema_paths
from orkestra.katalog.checks.templates import check_templates
from orkestra.katalog.checks.tracking import check_tracking_marks
from orkestra.katalog.checks.truths import check_conditions
from orkestra.katalog.checks.volatile import check_volatile_values
from orkestra.katalog.checks.webhooks import check_webhooks
from orkestra.katalog.checks.words import check_words
from orkestra.katalog.checks.workloads import check_workloads

CHECKS: tuple[Check, ...] = (
    check_dependencies,
    check_builtin_selectors,
    check_shared_kinds,
    check_reach,
    check_own_kind,
    check_duplicate_children,
    check_status_paths,
    check_names,
    check_words,
    check_workloads,
    check_loops,
    check_references,
    check_schema_paths,
    check_templates,
    check_field_types,
    check_conditions,
    check_lists,
    check_manifests,
    check_volatile_values,
    check_ineffective_fields,
    check_credentials,
    check_secret_exposure,
    check_privileges,
    check_roles,
    check_webhooks,
    check_scalars,
    check_rivals,
    check_tracking_marks,
    check_parts,
)

__all__ = ["CHECKS", "Check", "Checked"]
