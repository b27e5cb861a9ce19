from orkestra.devserver.controllers.deployments import Deployments
from orkestra.devserver.controllers.gc import GarbageCollector
from orkestra.devserver.controllers.pods import Kubelet
from orkestra.devserver.controllers.replicasets import ReplicaSets
from orkestra.devserver.controllers.scheduler import Scheduler

CONTROLLERS = (Deployments, ReplicaSets, Scheduler, Kubelet, GarbageCollector)
