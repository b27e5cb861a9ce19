package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

const (
	mostOutput  = 1 << 20
	mostSeconds = 2 * time.Second
)

var errTooMuch = errors.New("judge: the output or the time is too much")

// bounded refuses what a random template may write without end.
type bounded struct {
	strings.Builder
	until time.Time
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > mostOutput || time.Now().After(b.until) {
		return 0, errTooMuch
	}
	return b.Builder.Write(p)
}

// renderTemplate takes "template" and "data". Numbers without fraction or exponent that fit 64 bits are int64, all others
// float64, as in unstructured Kubernetes objects.
func renderTemplate(question []byte) (any, error) {
	var asked struct {
		Template string
		Data     json.RawMessage
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	data, err := decodeData(asked.Data)
	if err != nil {
		return nil, err
	}
	parsed, err := template.New("").Parse(asked.Template)
	if err != nil {
		return nil, errors.New("parse: " + err.Error())
	}
	out := bounded{until: time.Now().Add(mostSeconds)}
	if err := parsed.Execute(&out, data); err != nil {
		return nil, errors.New("render: " + err.Error())
	}
	return out.String(), nil
}

func decodeData(raw json.RawMessage) (any, error) {
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
