package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/pace"
)

const (
	delayWant = "a duration or a distribution"
	delayHint = "write 20ms, {normal: {mean: 20ms, sd: 2ms}}, {lognormal: {median: 20ms, sigma: 0.4}} or {quantiles: [1ms, 2ms, 10ms]}"
)

var (
	anyDelay = duration(0, pace.Limit, "20ms")
	anySigma = scalar[float64]{
		kind: "a number", high: 3, example: "0.4", parse: parseNumber,
		show: func(x float64) string { return fmt.Sprint(x) },
	}
)

// delay reads a constant or a distribution.
func delay(v value) (pace.Dist, bool) {
	if v.node.Kind != yaml.MappingNode {
		if v.node.Kind == yaml.SequenceNode {
			v.fail(delayWant, delayHint)
			return pace.Dist{}, false
		}
		d, ok := anyDelay.read(v)
		return pace.Constant(d), ok
	}
	pairs, ok := v.entries(delayWant, delayHint)
	if !ok {
		return pace.Dist{}, false
	}
	if len(pairs) != 1 {
		v.failWith(fmt.Sprintf("a mapping with %d keys", len(pairs)), delayWant, delayHint)
		return pace.Dist{}, false
	}
	dist, ok := distribution(pairs[0])
	if !ok {
		return pace.Dist{}, false
	}
	if err := dist.Validate(); err != nil {
		v.failWith(dist.String(), "possible", err.Error())
		return pace.Dist{}, false
	}
	return dist, true
}

func distribution(e entry) (pace.Dist, bool) {
	switch e.name {
	case "normal":
		var mean, sd time.Duration
		ok := parameters(e.value, "{mean: 20ms, sd: 2ms}",
			parameter{"mean", anyDelay.into(&mean)}, parameter{"sd", anyDelay.into(&sd)})
		return pace.Normal(mean, sd), ok
	case "lognormal":
		var median time.Duration
		var sigma float64
		ok := parameters(e.value, "{median: 20ms, sigma: 0.4}",
			parameter{"median", anyDelay.into(&median)}, parameter{"sigma", anySigma.into(&sigma)})
		return pace.Lognormal(median, sigma), ok
	case "quantiles":
		items, ok := e.value.elements("a list of durations", "write [1ms, 2ms, 10ms]")
		points := make([]time.Duration, len(items))
		for i, item := range items {
			ok = anyDelay.into(&points[i])(item) && ok
		}
		return pace.Quantiles(points), ok
	}
	shapes := []string{"normal", "lognormal", "quantiles"}
	e.key.fail(orList(shapes), meant(e.name, shapes, "write one of them"))
	return pace.Dist{}, false
}

type parameter struct {
	name string
	read func(v value) bool
}

// parameters reads a mapping that must have exactly the keys given.
func parameters(v value, example string, all ...parameter) bool {
	pairs, ok := v.entries("a mapping of its parameters", "write "+example)
	if !ok {
		return false
	}
	missing := make(map[string]bool)
	for _, p := range all {
		missing[p.name] = true
	}
	for _, e := range pairs {
		i := slices.IndexFunc(all, func(p parameter) bool { return p.name == e.name })
		if i < 0 {
			e.key.fail("a parameter of this distribution", "write "+example)
			ok = false
			continue
		}
		delete(missing, e.name)
		ok = all[i].read(e.value) && ok
	}
	for _, p := range all {
		if missing[p.name] {
			v.at(p.name, v.node).failWith("", "", "write "+example)
			ok = false
		}
	}
	return ok
}
