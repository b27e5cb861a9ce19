package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// seen holds when each website was first Ready at each generation, as a watch showed it.
type seen struct {
	sync.Mutex
	at map[string]map[int64]time.Time
}

// follow watches from version on, until ctx ends. A watch that ends, as one does that a busy server finds too slow, is
// taken up again with a list, whose moment then counts for what was Ready meanwhile.
func (s *seen) follow(ctx context.Context, at dynamic.ResourceInterface, version string) {
	for ctx.Err() == nil {
		watcher, err := at.Watch(ctx, metav1.ListOptions{ResourceVersion: version})
		if err == nil {
			for event := range watcher.ResultChan() {
				if site, ok := event.Object.(*unstructured.Unstructured); ok {
					s.record(site)
				}
			}
		}
		list, err := at.List(ctx, metav1.ListOptions{})
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		for i := range list.Items {
			s.record(&list.Items[i])
		}
		version = list.GetResourceVersion()
	}
}

func (s *seen) record(site *unstructured.Unstructured) {
	generation := readyAt(site)
	if generation == 0 {
		return
	}
	now := time.Now()
	s.Lock()
	defer s.Unlock()
	byGeneration := s.at[site.GetName()]
	if byGeneration == nil {
		byGeneration = map[int64]time.Time{}
		s.at[site.GetName()] = byGeneration
	}
	if _, known := byGeneration[generation]; !known {
		byGeneration[generation] = now
	}
}

// since gives when name was Ready at generation or a later one, which answers the earlier change too.
func (s *seen) since(name string, generation int64) (time.Time, bool) {
	s.Lock()
	defer s.Unlock()
	var first time.Time
	for g, at := range s.at[name] {
		if g >= generation && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, !first.IsZero()
}

func readyAt(site *unstructured.Unstructured) int64 {
	conditions, _, _ := unstructured.NestedSlice(site.Object, "status", "conditions")
	for _, each := range conditions {
		condition, ok := each.(object)
		if ok && condition["type"] == "Ready" && condition["status"] == "True" {
			generation, _ := condition["observedGeneration"].(int64)
			return generation
		}
	}
	return 0
}

type change struct {
	name       string
	generation int64
	sent       time.Time
}

func load(args []string) {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	count := flags.Int("n", 1000, "websites")
	inFlight := flags.Int("in-flight", 16, "requests at once")
	operation := flags.String("op", "create", "create, update, or rate (changes at -rate for -seconds)")
	rate := flags.Float64("rate", 20, "changes a second")
	seconds := flags.Int("seconds", 20, "how long")
	wait := flags.Bool("wait", true, "wait until all are Ready")
	limit := flags.Duration("limit", 5*time.Minute, "give up after")
	flags.Parse(args)
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	at := connect().Resource(websites).Namespace("default")
	state := &seen{at: map[string]map[int64]time.Time{}}
	if *wait {
		list, err := at.List(ctx, metav1.ListOptions{Limit: 1})
		must(err)
		go state.follow(ctx, at, list.GetResourceVersion())
	}
	total := *count
	if *operation == "rate" {
		total = int(*rate * float64(*seconds))
	}
	changes := make([]change, total)
	work := make(chan int)
	var group sync.WaitGroup
	for range *inFlight {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range work {
				changes[i] = send(ctx, at, *operation, fmt.Sprintf("site-%05d", i%*count))
			}
		}()
	}
	began := time.Now()
	tick := time.NewTicker(time.Duration(float64(time.Second) / *rate))
	for i := range total {
		if *operation == "rate" {
			<-tick.C
		}
		work <- i
	}
	close(work)
	group.Wait()
	wrote := time.Since(began)
	var latencies []float64
	var last time.Time
	for i := 0; *wait && i < len(changes); {
		ready, ok := state.since(changes[i].name, changes[i].generation)
		if !ok {
			if ctx.Err() != nil {
				fmt.Fprintf(os.Stderr, "%s was not Ready in time\n", changes[i].name)
				os.Exit(1)
			}
			time.Sleep(time.Millisecond)
			continue
		}
		latencies = append(latencies, max(0, ready.Sub(changes[i].sent).Seconds()))
		if ready.After(last) {
			last = ready
		}
		i++
	}
	sort.Float64s(latencies)
	quantile := func(q float64) float64 {
		if len(latencies) == 0 {
			return 0
		}
		return latencies[min(len(latencies)-1, int(q*float64(len(latencies))))]
	}
	out := map[string]float64{"wrote_s": wrote.Seconds(), "p50_s": quantile(.5), "p99_s": quantile(.99)}
	if !last.IsZero() {
		out["all_ready_s"] = last.Sub(began).Seconds()
	}
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func send(ctx context.Context, at dynamic.ResourceInterface, operation, name string) change {
	sent := time.Now()
	var site *unstructured.Unstructured
	var err error
	if operation == "create" {
		site, err = at.Create(ctx, &unstructured.Unstructured{Object: object{
			"apiVersion": "bench.example.com/v1", "kind": "Website", "metadata": object{"name": name},
			"spec": object{"image": "nginx:1", "replicas": int64(2), "port": int64(8080)},
		}}, metav1.CreateOptions{})
	} else {
		patch := fmt.Sprintf(`{"spec":{"image":"nginx:%d"}}`, sent.UnixNano())
		site, err = at.Patch(ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	}
	must(err)
	return change{name, site.GetGeneration(), sent}
}
