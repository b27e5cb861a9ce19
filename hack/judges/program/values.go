package main

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	semver "github.com/Masterminds/semver/v3"
	"github.com/robfig/cron/v3"
	goyaml "go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

// readYAML takes "text" and gives the JSON that kubectl makes of its only document; what follows that must parse too.
func readYAML(question []byte) (any, error) {
	var asked struct{ Text string }
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	read, err := yaml.YAMLToJSON([]byte(asked.Text))
	if err != nil {
		return nil, err
	}
	documents := goyaml.NewDecoder(strings.NewReader(asked.Text))
	for count := 0; ; count++ {
		var document any
		if err := documents.Decode(&document); err == io.EOF && count < 2 {
			break
		} else if err == io.EOF {
			return nil, errors.New("more than one document")
		} else if err != nil {
			return nil, err
		}
	}
	return json.RawMessage(read), nil
}

type quantities struct {
	Canonical       []string
	Order           int
	Sum, Difference string
	Milli           string
}

// readQuantities takes "texts", two quantities, and reads them as the API server does.
func readQuantities(question []byte) (any, error) {
	var asked struct{ Texts [2]string }
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	var read [2]resource.Quantity
	canonical := []string{}
	for i, text := range asked.Texts {
		if err := read[i].UnmarshalJSON([]byte(`"` + text + `"`)); err != nil {
			return nil, err
		}
		canonical = append(canonical, read[i].String())
	}
	sum, difference := read[0].DeepCopy(), read[0].DeepCopy()
	sum.Add(read[1])
	difference.Sub(read[1])
	milli := "" // of what is negative, or beyond 64 bits, it has no meaning there
	if read[0].Sign() >= 0 && read[0].CmpInt64(1<<40) < 0 {
		milli = strconv.FormatInt(read[0].MilliValue(), 10)
	}
	return quantities{canonical, read[0].Cmp(read[1]), sum.String(), difference.String(), milli}, nil
}

type version struct {
	Text       string
	Successors []string
	Order      *int
}

// readVersion takes "text" and "other"; gives the version as it prints, the next major, minor and patch, and how it
// compares with the other, if that is a version.
func readVersion(question []byte) (any, error) {
	var asked struct{ Text, Other string }
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	read, err := semver.NewVersion(asked.Text)
	if err != nil {
		return nil, err
	}
	major, minor, patch := read.IncMajor(), read.IncMinor(), read.IncPatch()
	given := version{read.String(), []string{major.Original(), minor.Original(), patch.Original()}, nil}
	if other, err := semver.NewVersion(asked.Other); err == nil {
		order := read.Compare(other)
		given.Order = &order
	}
	return given, nil
}

// checkConstraint takes "constraint" and "versions"; gives whether each satisfies it.
func checkConstraint(question []byte) (any, error) {
	var asked struct {
		Constraint string
		Versions   []string
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	constraint, err := semver.NewConstraint(asked.Constraint)
	if err != nil {
		return nil, err
	}
	given := []bool{}
	for _, text := range asked.Versions {
		read, err := semver.NewVersion(text)
		if err != nil {
			return nil, err
		}
		given = append(given, constraint.Check(read))
	}
	return given, nil
}

// nextFires takes "text", "after" (RFC 3339) and "count".
func nextFires(question []byte) (any, error) {
	var asked struct {
		Text, After string
		Count       int
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	schedule, err := cron.ParseStandard(asked.Text)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, asked.After)
	if err != nil {
		return nil, err
	}
	given := []string{}
	for range asked.Count {
		at = schedule.Next(at)
		if at.IsZero() {
			return nil, errors.New("never fires")
		}
		given = append(given, at.Format(time.RFC3339))
	}
	return given, nil
}

// searchTexts takes "pattern" and "texts"; gives all matches in each, or null where there is none.
func searchTexts(question []byte) (any, error) {
	var asked struct {
		Pattern string
		Texts   []string
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	pattern, err := regexp.Compile(asked.Pattern)
	if err != nil {
		return nil, err
	}
	given := [][]string{}
	for _, text := range asked.Texts {
		given = append(given, pattern.FindAllString(text, -1))
	}
	return given, nil
}

// readDuration takes "text"; gives nanoseconds, as text.
func readDuration(question []byte) (any, error) {
	var asked struct{ Text string }
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	read, err := time.ParseDuration(asked.Text)
	return strconv.FormatInt(int64(read), 10), err
}

// spellDuration takes "nanoseconds".
func spellDuration(question []byte) (any, error) {
	var asked struct{ Nanoseconds int64 }
	err := json.Unmarshal(question, &asked)
	return time.Duration(asked.Nanoseconds).String(), err
}

// formatMoments takes "layout" and "moments" (RFC 3339).
func formatMoments(question []byte) (any, error) {
	var asked struct {
		Layout  string
		Moments []string
	}
	if err := json.Unmarshal(question, &asked); err != nil {
		return nil, err
	}
	given := []string{}
	for _, text := range asked.Moments {
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, err
		}
		zone := time.UTC
		if _, offset := moment.Zone(); offset != 0 {
			zone = time.FixedZone("", offset)
		}
		given = append(given, moment.In(zone).Format(asked.Layout))
	}
	return given, nil
}
