// Command judges answers what well-kept Go implementations say: text/template, kubectl's YAML, quantities, versions, cron
// expressions, regular expressions, durations and time layouts.
//
// It reads one JSON object a line from standard input, {"judge": NAME, ...}, and writes one a line to standard output,
// {"out": ...} or {"error": "..."}. What each judge takes is said where it is registered.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// A judge takes the whole question and gives what goes under "out".
type judge func(question []byte) (any, error)

var judges = map[string]judge{
	"template": renderTemplate,
	"yaml":     readYAML,
	"quantity": readQuantities,
	"version":  readVersion,
	"satisfy":  checkConstraint,
	"cron":     nextFires,
	"regex":    searchTexts,
	"duration": readDuration,
	"spelling": spellDuration,
	"layout":   formatMoments,
}

type answer struct {
	Out   any    `json:"out"`
	Error string `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	replies := json.NewEncoder(out)
	replies.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if failure := replies.Encode(reply(line)); failure != nil {
				fmt.Fprintln(os.Stderr, failure)
				os.Exit(1)
			}
		}
		if lines.Buffered() == 0 || err != nil {
			out.Flush()
		}
		if err != nil {
			return
		}
	}
}

func reply(line []byte) (given answer) {
	defer func() {
		if found := recover(); found != nil {
			given = answer{Error: fmt.Sprint("panic: ", found)}
		}
	}()
	var named struct{ Judge string }
	if err := json.Unmarshal(line, &named); err != nil {
		return answer{Error: "question: " + err.Error()}
	}
	decide := judges[named.Judge]
	if decide == nil {
		return answer{Error: "no judge is called " + named.Judge}
	}
	out, err := decide(line)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Out: out}
}
