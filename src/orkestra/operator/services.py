"""What all boxes of one process share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orkestra.client.api import ApiClient
from orkestra.client.discovery import Discovery
from orkestra.controller.courtesy import Courtesy
from orkestra.controller.turns import Turns
from orkestra.informer.factory import InformerFactory
from orkestra.k8s.gvk import GVK
from orkestra.observe.metrics import Metrics
from orkestra.operator.apply import ChildCache, Writer
from orkestra.operator.context import EventRecorder
from orkestra.operator.defaults import Defaults
from orkestra.operator.gate import Gate
from orkestra.operator.ledger import Ledger
from orkestra.template import Environment


@dataclass(frozen=True, slots=True)
class Services:
    """``leadership`` is open while this replica leads (always, where no election is held); ``may_write`` is asked
    before every write and turns false by the clock alone."""

    api: ApiClient
    discovery: Discovery
    informers: InformerFactory
    recorder: EventRecorder
    metrics: Metrics
    environment: Environment
    now: Callable[[], datetime]
    leadership: Gate
    may_write: Callable[[], bool]
    turns: Turns = field(default_factory=Turns)
    courtesy: Courtesy = field(default_factory=Courtesy)
    defaults: Defaults = field(default_factory=Defaults)
    ledger: Ledger = field(default_factory=Ledger)
    environment_name: str = ""
    cluster_name: str = ""

    def writer(self, caches: Mapping[GVK, ChildCache]) -> Writer:
        return Writer(self.api, caches, self.may_write)
