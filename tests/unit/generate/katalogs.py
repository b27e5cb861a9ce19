"""Definitions the generators are tried with."""

SHOP = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      description: A web site.
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      operatorBox:
        onReconcile:
          deployments:
            - name: "{{ .metadata.name }}"
              image: "{{ .spec.image }}:{{ .spec.tag | default \\"latest\\" }}"
              replicas: "{{ .spec.replicas }}"
              port: "{{ .spec.port | default 80 }}"
              protocol: "{{ .spec.protocol }}"
              env:
                - {name: MODE, value: "{{ .spec.mode | default \\"plain\\" }}"}
                - {name: URLS, value: "{{ range .spec.urls }}{{ .host }}:{{ .port | toInt }} {{ end }}"}
                - {name: ALL, value: "{{ toJson .spec.settings }}"}
                - {name: WEIGHT, value: "{{ if gt .spec.weight 1.5 }}heavy{{ end }}"}
          statefulSets:
            - image: "{{ .spec.db.image }}"
              when:
                - {field: spec.db.enabled, equals: "true"}
                - {field: spec.db.size, gt: 3}
          services:
            - name: "{{ .metadata.name }}-{{ .region }}"
              port: 80
              forEach: {field: spec.regions, as: region}
          configMaps:
            - name: "{{ .metadata.name }}-{{ .site.name }}"
              data: {on: "{{ .site.on | toBool }}"}
              forEach: {field: spec.sites, as: site}
          custom:
            - apiVersion: v1
              kind: Service
              metadata: {name: x}
              spec:
                ports: [{port: 1}]
                sessionAffinityConfig: {clientIP: {timeoutSeconds: "{{ .spec.timeout }}"}}
        status:
          fields:
            - {path: readyReplicas, value: "{{ .children.deployment.status.readyReplicas }}"}
            - {path: url, value: "https://{{ .spec.image }}", type: string}
            - {path: db.up, value: true}
            - {path: mixed, value: "{{ .spec.image }} at {{ .spec.port }}"}
"""
