"""Which selectors match a set of labels, without asking every selector of the namespace."""

from __future__ import annotations

from collections.abc import Mapping

from orkestra.k8s.objects import ObjectKey


class SelectorIndex:
    """Equality selectors (a Service's, ``matchLabels``), each filed under its rarest pair."""

    def __init__(self) -> None:
        self._selectors: dict[ObjectKey, tuple[Mapping[str, str], tuple[str, str, str]]] = {}
        self._filed: dict[tuple[str, str, str], dict[ObjectKey, None]] = {}

    def put(self, key: ObjectKey, selector: Mapping[str, str]) -> None:
        """An empty selector matches nothing."""
        held = self._selectors.get(key)
        if held is not None:
            if held[0] == selector:
                return
            self.drop(key)
        if selector:
            places = [(key.namespace, label, str(value)) for label, value in selector.items()]
            place = min(places, key=lambda each: len(self._filed.get(each, ())))
            self._selectors[key] = (selector, place)
            self._filed.setdefault(place, {})[key] = None

    def drop(self, key: ObjectKey) -> None:
        held = self._selectors.pop(key, None)
        if held is not None:
            bucket = self._filed[held[1]]
            del bucket[key]
            if not bucket:
                del self._filed[held[1]]

    def matching(self, namespace: str, labels: Mapping[str, str]) -> list[ObjectKey]:
        return [
            key
            for label, value in labels.items()
            for key in self._filed.get((namespace, label, value), ())
            if self._selectors[key][0].items() <= labels.items()
        ]
