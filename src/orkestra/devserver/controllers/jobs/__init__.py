"""Job -> Pods and CronJob -> Jobs.

``controller`` runs a Job, ``status`` decides its conditions, ``indexes`` keeps completion indexes, ``pods`` builds its
pods; ``cron`` and ``schedule`` are the CronJob's. Rules: kubernetes pkg/controller/{job,cronjob,ttlafterfinished}.
"""

from orkestra.devserver.controllers.jobs.controller import Jobs
from orkestra.devserver.controllers.jobs.cron import CronJobs

__all__ = ["CronJobs", "Jobs"]
