"""Load balancers' addresses, as a cloud's controller gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.routes import itself
from orkestra.k8s.objects import Object, ObjectKey, get_path, is_terminating

LOAD_BALANCER_IPS = IPv4Network("172.18.255.0/24")


class LoadBalancers(Controller):
    """Gives a Service of type LoadBalancer an address, as a cloud's controller does."""

    name: ClassVar[str] = "service-lb"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {"services": itself}

    def sync(self, key: ObjectKey) -> None:
        service = self.view.get("services", key)
        if service is None or is_terminating(service):
            return
        held = get_path(service, ("status", "loadBalancer", "ingress"))
        wants = get_path(service, ("spec", "type")) == "LoadBalancer" and not service["spec"].get("loadBalancerClass")
        if wants and not held:
            address = service["spec"].get("loadBalancerIP") or self._free()
            balancer: Object = {"ingress": [{"ip": address, "ipMode": "VIP"}]}
        elif held and get_path(service, ("spec", "type")) != "LoadBalancer":
            balancer = {}
        else:
            return
        self.engine.write_status("services", service, {**(service.get("status") or {}), "loadBalancer": balancer})

    def _free(self) -> str:
        taken = {
            str(ingress.get("ip"))
            for service in self.view.all("services")
            for ingress in get_path(service, ("status", "loadBalancer", "ingress")) or ()
        }
        return next(
            (str(host) for host in LOAD_BALANCER_IPS.hosts() if str(host) not in taken), str(LOAD_BALANCER_IPS[-2])
        )
