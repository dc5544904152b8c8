package config

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/workload"
)

func parameter[T any](name string, to *T, takes kind[T]) setting { return set(name, to, takes, "", "") }

// parameters reads a mapping that must have exactly the keys given.
func (v value) parameters(example string, all ...setting) {
	before := len(*v.mistakes)
	pairs := v.entries("a mapping of its parameters", "write "+example)
	if len(pairs) == 0 && len(*v.mistakes) > before {
		return
	}
	for _, p := range all {
		if !slices.ContainsFunc(pairs, func(e entry) bool { return e.name == p.path }) {
			v.at(p.path, v.node).failWith("", "", "write "+example)
		}
	}
	for _, e := range pairs {
		if i := slices.IndexFunc(all, func(p setting) bool { return p.path == e.name }); i >= 0 {
			all[i].read(e.value)
		} else {
			e.key.fail("a parameter of this distribution", "write "+example)
		}
	}
}

// slow is the share of the slow requests and their latency.
var slow = custom[workload.Slow]{"{share: …, latency: …}", func(v value) (s workload.Slow) {
	v.parameters("{share: 5%, latency: 300ms}", parameter("share", &s.Share, mixShare), parameter("latency", &s.Latency, anyDelay))
	return s
}}

// shares is a mapping of some of the words to shares.
func shares[T ~string](what, example string, one kind[float64], words []T) kind[map[T]float64] {
	want := "a mapping of " + what + " to shares"
	return custom[map[T]float64]{want + ": " + orList(words), func(v value) map[T]float64 {
		before := len(*v.mistakes)
		pairs := v.entries(want, "write "+example)
		if len(pairs) == 0 && len(*v.mistakes) == before {
			v.failWith("an empty mapping", want, "write "+example+", or leave it out")
		}
		read := make(map[T]float64, len(pairs))
		for _, e := range pairs {
			if word := T(e.name); !slices.Contains(words, word) {
				e.key.fail(orList(words), meant(e.name, words, "write one of them"))
			} else if part := one.read(e.value); part > 0 {
				read[word] = part
			}
		}
		return read
	}}
}

// ownVariables are those that proxy-bench sets for the gateway.
var ownVariables = []string{"PORT", "UPSTREAM_URL", "UPSTREAM_HOST", "UPSTREAM_PORT", "UPSTREAM_TLS_URL", "UPSTREAM_CA", "BENCH_DIR"}

// environment is variables. Numbers and booleans are taken as they are written,
// since a variable is text anyway.
var environment = custom[map[string]string]{"a mapping of variables to values", func(v value) map[string]string {
	env := make(map[string]string)
	for _, e := range v.entries("a mapping of variables to values", "write {OPENAI_API_KEY: mock}") {
		if !bench.VariableName.MatchString(e.name) {
			e.key.fail("the name of a variable", "use letters, digits and _")
		}
		if slices.Contains(ownVariables, e.name) {
			e.key.fail("yours to set", "proxy-bench sets it for the gateway")
		}
		if s, ok := e.value.plain("text", `write "" for an empty variable`); ok && !e.value.hasNUL() {
			env[e.name] = s
		}
	}
	return env
}}

// object is a JSON object.
var object = custom[map[string]any]{"a mapping of keys to JSON values", func(v value) map[string]any {
	all := make(map[string]any)
	for _, e := range v.entries("a mapping of keys to JSON values", "write {store: false}") {
		if e.name == "stream" {
			e.key.fail("yours to set", "suite.modes decides whether answers are streamed")
			continue
		}
		all[e.name] = jsonValue(e.value, 1)
	}
	return all
}}

// maxDepth is far beyond the schema of any tool, and keeps paths short.
const maxDepth = 64

// jsonValue turns YAML into what encoding/json can write. Anything that JSON
// has no type for, such as a date, is text.
func jsonValue(v value, depth int) any {
	switch tag := v.node.ShortTag(); {
	case depth > maxDepth:
		v.fail("nested reasonably", fmt.Sprintf("stay within %d levels", maxDepth))
	case v.node.Kind == yaml.MappingNode:
		members := make(map[string]any)
		for _, e := range v.entries("a mapping", "") {
			members[e.name] = jsonValue(e.value, depth+1)
		}
		return members
	case v.node.Kind == yaml.SequenceNode:
		items := make([]any, 0, len(v.node.Content))
		if v.is(yaml.SequenceNode, "", "") {
			for i, node := range v.node.Content {
				items = append(items, jsonValue(v.item(i, node), depth+1))
			}
		}
		return items
	case v.node.Kind == yaml.ScalarNode && tag == "!!null", !v.is(yaml.ScalarNode, "a JSON value", ""):
	case slices.Contains([]string{"!!bool", "!!int", "!!float"}, tag):
		var read any
		err := v.node.Decode(&read)
		if f, is := read.(float64); err != nil || is && (math.IsNaN(f) || math.IsInf(f, 0)) {
			v.fail("a number that JSON has", "put it in quotes: "+quote(v.node.Value))
		}
		return read
	default:
		return v.node.Value
	}
	return nil
}

// thresholds is "METRIC SCENARIO: share" in the order of the file. Only a
// scenario, which may be a glob, has slashes or stars.
var thresholds = custom[[]bench.Threshold]{"a mapping of metrics and scenarios to shares", func(v value) (all []bench.Threshold) {
	for _, e := range v.entries("a mapping of metrics and scenarios to shares", `write {"latency_typical json/*/*": 20%}`) {
		t := bench.Threshold{Pattern: e.name, Share: thresholdShare.read(e.value)}
		words := strings.Fields(e.name)
		if n := len(words); n > 0 && strings.ContainsAny(words[n-1], "/*") {
			t.Scenario, words = words[n-1], words[:n-1]
		}
		switch {
		case len(words) > 1 || len(words) == 0 && t.Scenario == "":
			e.key.fail("a metric, a scenario or both", `write "first_event_p50 sse/c50/*"`)
		case len(words) == 1:
			t.Metric = bench.Metric(words[0])
		}
		all = append(all, t)
	}
	return all
}}

// behaviourRules are rules of single behaviours.
var behaviourRules = custom[map[bench.BehaviourName]bench.BehaviourRule]{"a mapping of behaviours to fail, report or off", func(v value) map[bench.BehaviourName]bench.BehaviourRule {
	var names []bench.BehaviourName
	for _, b := range behaviour.All() {
		names = append(names, b.Name)
	}
	var read map[bench.BehaviourName]bench.BehaviourRule
	for _, e := range v.entries("a mapping of behaviours to fail, report or off", "write {asks-twice: report}") {
		if name := bench.BehaviourName(e.name); !slices.Contains(names, name) {
			e.key.fail("the name of a behaviour", meant(e.name, names, "docs/behaviours.md lists them"))
		} else if rule := oneOf(bench.BehaviourRules()...).read(e.value); rule != "" {
			if read == nil {
				read = make(map[bench.BehaviourName]bench.BehaviourRule)
			}
			read[name] = rule
		}
	}
	return read
}}

// workShare names the words beside which it stands.
var workShare = number[float64]{"report, off or a share", bench.MinThreshold, bench.MaxThreshold, "", "10%", parseShare, showShare}

// workRule is a share, or a word.
var workRule = custom[bench.WorkRule]{workShare.wants(), func(v value) bench.WorkRule {
	switch rule := bench.BehaviourRule(v.node.Value); rule {
	case bench.BehaviourReported, bench.BehaviourOff:
		return bench.WorkRule{Rule: rule, Limit: bench.DefaultWork}
	}
	return bench.WorkRule{Rule: bench.BehaviourFails, Limit: workShare.read(v)}
}}
