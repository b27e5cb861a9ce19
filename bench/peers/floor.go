package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// floor makes two children and one status for every website there is; -apply creates the children by server-side apply.
func floor(args []string) {
	flags := flag.NewFlagSet("floor", flag.ExitOnError)
	inFlight := flags.Int("in-flight", 16, "requests at once")
	byApply := flags.Bool("apply", false, "create by server-side apply instead of POST")
	flags.Parse(args)
	c, ctx := connect(), context.Background()
	list, err := c.Resource(websites).List(ctx, metav1.ListOptions{})
	must(err)
	began := time.Now()
	work := make(chan *unstructured.Unstructured)
	var group sync.WaitGroup
	for range *inFlight {
		group.Add(1)
		go func() {
			defer group.Done()
			for site := range work {
				deployment, service := children(site)
				for resource, child := range map[string]*unstructured.Unstructured{"deployments": deployment, "services": service} {
					at := c.Resource(deployments).Namespace(site.GetNamespace())
					if resource == "services" {
						at = c.Resource(services).Namespace(site.GetNamespace())
					}
					if *byApply {
						body, err := child.MarshalJSON()
						must(err)
						_, err = at.Patch(ctx, child.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{FieldManager: "floor"})
						must(err)
					} else {
						_, err := at.Create(ctx, child, metav1.CreateOptions{FieldManager: "floor"})
						must(err)
					}
				}
				site.Object["status"] = readyStatus(site)
				_, err := c.Resource(websites).Namespace(site.GetNamespace()).UpdateStatus(ctx, site, metav1.UpdateOptions{})
				must(err)
			}
		}()
	}
	for i := range list.Items {
		work <- &list.Items[i]
	}
	close(work)
	group.Wait()
	fmt.Printf(`{"seconds": %.3f}`+"\n", time.Since(began).Seconds())
}
