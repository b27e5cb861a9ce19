// What Go's time package and the Masterminds semver library answer to cases.json: go run . > answers.json
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	semver "github.com/Masterminds/semver/v3"
)

type cases struct {
	Constraints, Versions, Texts, Layouts, Moments []string
	Durations                                      []int64
}

// satisfying lists the versions that a constraint admits; nil when it does not parse.
func satisfying(constraint string, versions []string) any {
	parsed, err := semver.NewConstraint(constraint)
	if err != nil {
		return nil
	}
	admitted := []string{}
	for _, version := range versions {
		if parsed.Check(semver.MustParse(version)) {
			admitted = append(admitted, version)
		}
	}
	return strings.Join(admitted, " ")
}

// successors lists the version as it is printed, then the next major, minor and patch; nil when it does not parse.
func successors(text string) any {
	version, err := semver.NewVersion(text)
	if err != nil {
		return nil
	}
	major, minor, patch := version.IncMajor(), version.IncMinor(), version.IncPatch()
	return []string{version.String(), major.Original(), minor.Original(), patch.Original()}
}

func moment(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	if _, offset := parsed.Zone(); offset != 0 {
		return parsed.In(time.FixedZone("", offset))
	}
	return parsed.UTC()
}

func main() {
	var given cases
	content, err := os.ReadFile("cases.json")
	if err == nil {
		err = json.Unmarshal(content, &given)
	}
	if err != nil {
		panic(err)
	}
	answers := map[string]map[string]any{"constraints": {}, "texts": {}, "layouts": {}, "durations": {}}
	for _, constraint := range given.Constraints {
		answers["constraints"][constraint] = satisfying(constraint, given.Versions)
	}
	for _, text := range given.Texts {
		answers["texts"][text] = successors(text)
	}
	for _, layout := range given.Layouts {
		printed := []string{}
		for _, text := range given.Moments {
			printed = append(printed, moment(text).Format(layout))
		}
		answers["layouts"][layout] = printed
	}
	for _, duration := range given.Durations {
		answers["durations"][strconv.FormatInt(duration, 10)] = time.Duration(duration).String()
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	if err := out.Encode(answers); err != nil {
		panic(err)
	}
}
