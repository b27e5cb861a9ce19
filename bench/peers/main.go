// Command peers holds what the runtime is measured against, and the load that measures.
//
//	controller-runtime   the website operator the usual Go way
//	floor                the writes any such operator must make, and nothing else
//	load                 creates or changes websites and waits until each is Ready at its new generation
package main

import (
	"fmt"
	"os"
)

func main() {
	programs := map[string]func([]string){"controller-runtime": controllerRuntime, "floor": floor, "load": load}
	if len(os.Args) > 1 {
		if program, ok := programs[os.Args[1]]; ok {
			program(os.Args[2:])
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: peers controller-runtime|floor|load [flags]")
	os.Exit(2)
}
