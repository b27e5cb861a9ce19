package main

import (
	"log"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type object = map[string]any

var (
	websites    = schema.GroupVersionResource{Group: "bench.example.com", Version: "v1", Resource: "websites"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	services    = schema.GroupVersionResource{Version: "v1", Resource: "services"}
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// restConfig reads KUBECONFIG and takes the client's own rate limit off, so that it measures nothing.
func restConfig() *rest.Config {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	must(err)
	config.QPS, config.Burst = -1, -1
	return config
}

func connect() dynamic.Interface {
	c, err := dynamic.NewForConfig(restConfig())
	must(err)
	return c
}

// children is the work: one Deployment and one Service for each website.
func children(site *unstructured.Unstructured) (deployment, service *unstructured.Unstructured) {
	image, _, _ := unstructured.NestedString(site.Object, "spec", "image")
	replicas, _, _ := unstructured.NestedInt64(site.Object, "spec", "replicas")
	port, _, _ := unstructured.NestedInt64(site.Object, "spec", "port")
	name := site.GetName()
	labels := func() object { return object{"app": name, "managed-by": "bench"} }
	meta := func() object {
		return object{"name": name, "namespace": site.GetNamespace(), "labels": labels(), "ownerReferences": []any{object{
			"apiVersion": site.GetAPIVersion(), "kind": site.GetKind(), "name": name, "uid": string(site.GetUID()),
			"controller": true, "blockOwnerDeletion": true,
		}}}
	}
	container := object{"name": "web", "image": image, "ports": []any{object{"containerPort": port}}}
	deployment = &unstructured.Unstructured{Object: object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(),
		"spec": object{
			"replicas": replicas,
			"selector": object{"matchLabels": object{"app": name}},
			"template": object{"metadata": object{"labels": labels()}, "spec": object{"containers": []any{container}}},
		},
	}}
	service = &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "Service", "metadata": meta(),
		"spec": object{
			"selector": object{"app": name},
			"ports":    []any{object{"name": "http", "port": port, "targetPort": port}},
		},
	}}
	return deployment, service
}

func readyStatus(site *unstructured.Unstructured) object {
	return object{"observedGeneration": site.GetGeneration(), "conditions": []any{object{
		"type": "Ready", "status": "True", "reason": "Reconciled", "message": "", "observedGeneration": site.GetGeneration(),
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
	}}}
}
