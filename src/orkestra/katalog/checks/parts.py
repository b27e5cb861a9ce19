"""Rules about the parts few entries have. Their modules are imported when a file has such a part."""

from __future__ import annotations

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.walk import has_parts


def check_parts(checked: Checked) -> None:
    for box in checked.boxes:
        if box.cross or box.serve is not None:
            from orkestra.katalog.checks.services import check_cross, check_serve

            check_cross(box, checked)
            check_serve(box, checked)
        if box.pre_reconcile is not None or box.observe is not None:
            from orkestra.katalog.checks.gates import check_gates

            check_gates(box, checked)
        if box.validation is not None or box.mutation is not None or box.normalize is not None or box.conversion:
            from orkestra.katalog.checks.admission import check_admission

            check_admission(box, checked)
        if has_parts(box):
            from orkestra.katalog.checks.work import check_calls

            check_calls(box, checked)
        queue = box.queue
        is_tuned = box.autoscale is not None or box.remote is not None or queue.behaviour or queue.retry_backoff
        if is_tuned or any(entry.autoscale is not None for entry in box.entries):
            from orkestra.katalog.checks.work import check_work

            check_work(box, checked)
    if checked.lifecycle is not None or checked.imports:
        from orkestra.katalog.checks.lifecycle import check_lifecycle

        check_lifecycle(checked)
    if checked.top is not None and checked.top["notification"] is not None:
        from orkestra.katalog.checks.services import check_teams

        check_teams(checked)
