package config

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/bench"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ownVariables are set by the one who starts the gateway.
var ownVariables = []string{"PORT", "UPSTREAM_URL", "UPSTREAM_HOST", "UPSTREAM_PORT", "BENCH_DIR"}

// environment reads variables. Numbers and booleans are taken as they are
// written, since a variable is text anyway.
func environment(v value) (map[string]string, bool) {
	pairs, ok := v.entries("a mapping of variables to values", "write {OPENAI_API_KEY: mock}")
	env := make(map[string]string, len(pairs))
	for _, e := range pairs {
		if !variableName.MatchString(e.name) {
			e.key.fail("the name of a variable", "use letters, digits and _")
		}
		for _, own := range ownVariables {
			if e.name == own {
				e.key.fail("yours to set", "proxy-bench sets it for the gateway")
			}
		}
		if s, good := e.value.plain("text", `write "" for an empty variable`); good && noNUL(e.value, s) {
			env[e.name] = s
		}
	}
	return env, ok
}

// extra reads a JSON object.
func extra(v value) (map[string]any, bool) {
	pairs, ok := v.entries("a mapping of keys to JSON values", "write {store: false}")
	object := make(map[string]any, len(pairs))
	for _, e := range pairs {
		if e.name == "stream" {
			e.key.fail("yours to set", "suite.modes decides whether answers are streamed")
			continue
		}
		object[e.name] = jsonValue(e.value, 1)
	}
	return object, ok
}

// maxDepth is far beyond the schema of any tool, and keeps paths short.
const maxDepth = 64

// jsonValue turns YAML into what encoding/json can write. Anything that JSON
// has no type for, such as a date, is text.
func jsonValue(v value, depth int) any {
	if depth > maxDepth {
		v.fail("nested reasonably", fmt.Sprintf("stay within %d levels", maxDepth))
		return nil
	}
	switch v.node.Kind {
	case yaml.MappingNode:
		pairs, _ := v.entries("a mapping", "")
		object := make(map[string]any, len(pairs))
		for _, e := range pairs {
			object[e.name] = jsonValue(e.value, depth+1)
		}
		return object
	case yaml.SequenceNode:
		if !v.is(yaml.SequenceNode, "", "") {
			return nil
		}
		array := make([]any, len(v.node.Content))
		for i, node := range v.node.Content {
			array[i] = jsonValue(v.item(i, node), depth+1)
		}
		return array
	case yaml.ScalarNode:
		if v.node.ShortTag() == "!!null" {
			return nil
		}
	}
	return jsonScalar(v)
}

func jsonScalar(v value) any {
	s, ok := v.plain("a JSON value", "")
	if !ok {
		return nil
	}
	switch v.node.ShortTag() {
	case "!!bool", "!!int", "!!float":
		var read any
		err := v.node.Decode(&read)
		if f, is := read.(float64); err != nil || is && (math.IsNaN(f) || math.IsInf(f, 0)) {
			v.fail("a number that JSON has", "put it in quotes: "+quote(s))
			return nil
		}
		return read
	}
	return s
}

// thresholds reads "METRIC SCENARIO: share" in the order of the file.
func thresholds(v value) ([]bench.Threshold, bool) {
	pairs, ok := v.entries("a mapping of metrics and scenarios to shares", `write {"latency_typical json/*/*": 20%}`)
	var read []bench.Threshold
	for _, e := range pairs {
		limit, good := thresholdShare.read(e.value)
		t, known := pattern(e)
		if good && known {
			t.Share = limit
			read = append(read, t)
		}
	}
	return read, ok
}

// pattern reads a metric, a glob for scenarios, or both in that order. Only a
// glob has slashes or stars.
func pattern(e entry) (bench.Threshold, bool) {
	const want = "a metric, a scenario or both"
	t := bench.Threshold{Pattern: e.name}
	words := strings.Fields(e.name)
	if n := len(words); n > 0 && strings.ContainsAny(words[n-1], "/*") {
		t.Scenario = words[n-1]
		words = words[:n-1]
	}
	switch {
	case len(words) > 1 || len(words) == 0 && t.Scenario == "":
		e.key.fail(want, `write "first_event_p50 sse/c50/*"`)
		return t, false
	case len(words) == 1:
		t.Metric = bench.Metric(words[0])
	}
	return t, true
}
