package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/pace"
)

// form reads a constant or a distribution of what one reads.
type form[T ~int | ~int64] struct {
	one             scalar[T]
	plural          string // such as "durations"
	typical, spread string // examples of a mean and its standard deviation
	points          string // example of quantiles
	check           func(pace.Dist) (shown string, err error)
}

var (
	anyDelay = duration(0, pace.Limit, "20ms")
	anySigma = scalar[float64]{
		kind: "a number", high: 3, example: "0.4", parse: parseNumber,
		show: func(x float64) string { return fmt.Sprint(x) },
	}
)

var delays = form[time.Duration]{
	one: anyDelay, plural: "durations", typical: "20ms", spread: "2ms", points: "[1ms, 2ms, 10ms]",
	check: func(d pace.Dist) (string, error) { return d.String(), d.Validate() },
}

// delay reads a constant or a distribution of delays.
func delay(v value) (pace.Dist, bool) { return delays.read(v) }

// counts reads a constant or a distribution of sizes or other whole numbers.
func counts[T ~int | ~int64](one scalar[T], plural, typical, spread, points string) parser[pace.Counts] {
	f := form[T]{one: one, plural: plural, typical: typical, spread: spread, points: points}
	f.check = func(d pace.Dist) (string, error) {
		return pace.Counts(d).String(), pace.Counts(d).Validate(int(one.high))
	}
	return func(v value) (pace.Counts, bool) {
		d, ok := f.read(v)
		return pace.Counts(d), ok
	}
}

func (f form[T]) want() string { return f.one.kind + " or a distribution" }

func (f form[T]) hint() string {
	return fmt.Sprintf("write %s, {normal: %s}, {lognormal: %s} or {quantiles: %s}",
		f.typical, f.normalExample(), f.lognormalExample(), f.points)
}

func (f form[T]) normalExample() string {
	return fmt.Sprintf("{mean: %s, sd: %s}", f.typical, f.spread)
}

func (f form[T]) lognormalExample() string {
	return fmt.Sprintf("{median: %s, sigma: 0.4}", f.typical)
}

func (f form[T]) read(v value) (pace.Dist, bool) {
	if v.node.Kind != yaml.MappingNode {
		if v.node.Kind == yaml.SequenceNode {
			v.fail(f.want(), f.hint())
			return pace.Dist{}, false
		}
		d, ok := f.one.read(v)
		return pace.Constant(time.Duration(d)), ok
	}
	pairs, ok := v.entries(f.want(), f.hint())
	if !ok {
		return pace.Dist{}, false
	}
	if len(pairs) != 1 {
		v.failWith(fmt.Sprintf("a mapping with %d keys", len(pairs)), f.want(), f.hint())
		return pace.Dist{}, false
	}
	dist, ok := f.distribution(pairs[0])
	if !ok {
		return pace.Dist{}, false
	}
	if shown, err := f.check(dist); err != nil {
		v.failWith(shown, "possible", err.Error())
		return pace.Dist{}, false
	}
	return dist, true
}

func (f form[T]) distribution(e entry) (pace.Dist, bool) {
	switch e.name {
	case "normal":
		var mean, sd T
		spread := f.one
		spread.low = 0
		ok := parameters(e.value, f.normalExample(), parameter{"mean", f.one.into(&mean)}, parameter{"sd", spread.into(&sd)})
		return pace.Normal(time.Duration(mean), time.Duration(sd)), ok
	case "lognormal":
		var median T
		var sigma float64
		ok := parameters(e.value, f.lognormalExample(), parameter{"median", f.one.into(&median)}, parameter{"sigma", anySigma.into(&sigma)})
		return pace.Lognormal(time.Duration(median), sigma), ok
	case "quantiles":
		items, ok := e.value.elements("a list of "+f.plural, "write "+f.points)
		points := make([]time.Duration, len(items))
		for i, item := range items {
			var point T
			ok = f.one.into(&point)(item) && ok
			points[i] = time.Duration(point)
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
