// Command oracle renders templates with Go's own text/template.
//
// It reads one JSON object a line from standard input, {"template": "...", "data": {...}}, and writes one JSON
// object a line to standard output, {"out": "..."} or {"error": "..."}. Numbers without fraction or exponent that
// fit 64 bits are int64, all others float64, as in unstructured Kubernetes objects.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

type question struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data"`
}

type answer struct {
	Out   *string `json:"out,omitempty"`
	Error string  `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	replies := json.NewEncoder(os.Stdout)
	replies.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if failure := replies.Encode(reply(line)); failure != nil {
				fmt.Fprintln(os.Stderr, failure)
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}

func reply(line []byte) answer {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "question: " + err.Error()}
	}
	data, err := decode(asked.Data)
	if err != nil {
		return answer{Error: "data: " + err.Error()}
	}
	parsed, err := template.New("").Parse(asked.Template)
	if err != nil {
		return answer{Error: "parse: " + err.Error()}
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return answer{Error: "render: " + err.Error()}
	}
	text := out.String()
	return answer{Out: &text}
}

func decode(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var data any
	if err := decoder.Decode(&data); err != nil {
		return nil, err
	}
	return converted(data)
}

func converted(value any) (any, error) {
	var err error
	switch typed := value.(type) {
	case json.Number:
		if whole, failure := strconv.ParseInt(typed.String(), 10, 64); failure == nil {
			return whole, nil
		}
		return typed.Float64()
	case map[string]any:
		for key, item := range typed {
			if typed[key], err = converted(item); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, item := range typed {
			if typed[i], err = converted(item); err != nil {
				return nil, err
			}
		}
		return slices.Clip(typed), nil
	}
	return value, nil
}
