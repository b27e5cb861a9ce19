package main

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

type websiteReconciler struct{ client.Client }

func (r *websiteReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	site := empty("bench.example.com", "v1", "Website")
	if err := r.Get(ctx, req.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if site.GetDeletionTimestamp() != nil {
		return ctrl.Result{}, nil
	}
	deployment, service := children(site)
	for _, want := range []*unstructured.Unstructured{deployment, service} {
		have := want.DeepCopy()
		if err := r.Get(ctx, client.ObjectKeyFromObject(want), have); err == nil && covers(have.Object, want.Object) {
			continue
		}
		if err := r.Patch(ctx, want, client.Apply, client.FieldOwner("bench"), client.ForceOwnership); err != nil {
			return ctrl.Result{}, err
		}
	}
	observed, _, _ := unstructured.NestedInt64(site.Object, "status", "observedGeneration")
	if observed == site.GetGeneration() {
		return ctrl.Result{}, nil
	}
	before := site.DeepCopy()
	site.Object["status"] = readyStatus(site)
	return ctrl.Result{}, r.Status().Patch(ctx, site, client.MergeFrom(before))
}

// covers reports whether have says everything that want says.
func covers(have, want any) bool {
	switch w := want.(type) {
	case object:
		h, ok := have.(object)
		for key, value := range w {
			ok = ok && covers(h[key], value)
		}
		return ok
	case []any:
		h, ok := have.([]any)
		ok = ok && len(h) == len(w)
		for i := range w {
			ok = ok && covers(h[i], w[i])
		}
		return ok
	}
	return have == want
}

func empty(group, version, kind string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: version, Kind: kind})
	return u
}

func controllerRuntime([]string) {
	ctrl.SetLogger(zap.New())
	manager, err := ctrl.NewManager(restConfig(), ctrl.Options{
		Metrics: server.Options{BindAddress: "0"},
		Client:  client.Options{Cache: &client.CacheOptions{Unstructured: true}},
	})
	must(err)
	must(ctrl.NewControllerManagedBy(manager).
		For(empty("bench.example.com", "v1", "Website")).
		Owns(empty("apps", "v1", "Deployment")).
		Owns(empty("", "v1", "Service")).
		WithOptions(controller.Options{MaxConcurrentReconciles: 8}).
		Complete(&websiteReconciler{manager.GetClient()}))
	must(manager.Start(ctrl.SetupSignalHandler()))
}
