package config

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/pace"
)

// distribution is a constant, or a distribution, of what one reads.
type distribution[T ~int | ~int64] struct {
	one    number[T]
	plural string // such as "durations"
	spread string // example of a standard deviation
	points string // example of quantiles
	check  func(pace.Dist) (shown string, err error)
}

var delay = distribution[time.Duration]{
	anyDelay, "durations", "2ms", "[1ms, 2ms, 10ms]",
	func(d pace.Dist) (string, error) { return d.String(), d.Validate() },
}

// counts are sizes or other whole numbers.
func counts[T ~int | ~int64](one number[T], plural, spread, points string) distribution[T] {
	return distribution[T]{one, plural, spread, points, func(d pace.Dist) (string, error) {
		return pace.Counts(d).String(), pace.Counts(d).Validate(int(one.high))
	}}
}

var (
	shapes = []string{"normal", "lognormal", "quantiles"}
	sigma  = number[float64]{"a number", 0, 3, "", "0.4", parseNumber, func(x float64) string { return fmt.Sprint(x) }}
)

func (d distribution[T]) wants() string { return d.one.what + " or a distribution" }

func (d distribution[T]) examples() (normal, lognormal string) {
	return fmt.Sprintf("{mean: %s, sd: %s}", d.one.example, d.spread), fmt.Sprintf("{median: %s, sigma: 0.4}", d.one.example)
}

func (d distribution[T]) read(v value) pace.Dist {
	if v.node.Kind != yaml.MappingNode && v.node.Kind != yaml.SequenceNode {
		return pace.Constant(time.Duration(d.one.read(v)))
	}
	normal, lognormal := d.examples()
	hint := fmt.Sprintf("write %s, {normal: %s}, {lognormal: %s} or {quantiles: %s}", d.one.example, normal, lognormal, d.points)
	before := len(*v.mistakes)
	pairs := v.entries(d.wants(), hint)
	switch {
	case len(*v.mistakes) > before:
	case len(pairs) != 1:
		v.failWith(fmt.Sprintf("a mapping with %d keys", len(pairs)), d.wants(), hint)
	default:
		read := d.shaped(pairs[0])
		if len(*v.mistakes) > before {
			break
		}
		if shown, err := d.check(read); err != nil {
			v.failWith(shown, "possible", err.Error())
		}
		return read
	}
	return pace.Dist{}
}

// shaped reads a distribution by the name of its shape.
func (d distribution[T]) shaped(e entry) (read pace.Dist) {
	normal, lognormal := d.examples()
	switch e.name {
	case "normal":
		var mean, sd T
		spread := d.one
		spread.low = 0
		e.value.parameters(normal, parameter("mean", &mean, d.one), parameter("sd", &sd, spread))
		return pace.Normal(time.Duration(mean), time.Duration(sd))
	case "lognormal":
		var median T
		var s float64
		e.value.parameters(lognormal, parameter("median", &median, d.one), parameter("sigma", &s, sigma))
		return pace.Lognormal(time.Duration(median), s)
	case "quantiles":
		var points []time.Duration
		for _, item := range e.value.elements("a list of "+d.plural, "write "+d.points) {
			points = append(points, time.Duration(d.one.read(item)))
		}
		return pace.Quantiles(points)
	}
	e.key.fail(orList(shapes), meant(e.name, shapes, "write one of them"))
	return read
}
