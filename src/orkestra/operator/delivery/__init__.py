"""How a definition reaches a running process: as files, or as a ConfigMap read through the API.

Owns: noticing that there is something new, reading it whole, and saying where it came from. Does not own what becomes
of it: ``operator.reloading`` does. A delivery never ends and never raises for what it finds; what cannot be read is
delivered as findings. Loading runs in a thread, since reconciles go on meanwhile.
"""

from orkestra.operator.delivery.configmap import watch_configmap
from orkestra.operator.delivery.delivered import Delivered, Delivery
from orkestra.operator.delivery.mount import Known, commit_beside, snapshot_of, watch_path

__all__ = ["Delivered", "Delivery", "Known", "commit_beside", "snapshot_of", "watch_configmap", "watch_path"]
