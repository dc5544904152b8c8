package config

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/workload"
)

// mixing are the settings that make the requests of a scenario differ.
var mixing = []string{"load.payload", "load.body", "load.answer", "load.chunks", "load.fail", "load.slow"}

// checkShares adds up the shares of the requests.
func (d *draft) checkShares() {
	if total := sum(d.config.Load.Payload); d.isGiven("load.payload") && math.Abs(total-1) > 1e-6 {
		d.given["load.payload"].failWith("a sum of "+showShare(total), "100%", "let the shares make all requests together")
	}
	if total := sum(d.config.Load.Fail); total > 0.5+1e-9 {
		d.given["load.fail"].failWith("a sum of "+showShare(total), "at most 50%", "what succeeds is what is measured, lower them")
	}
}

func sum[K comparable](shares map[K]float64) (total float64) {
	for _, part := range shares {
		total += part
	}
	return total
}

// checkTogether refuses two settings for one thing.
func (d *draft) checkTogether() {
	exclude := func(path, other, instead string) {
		if d.isGiven(path) && d.isGiven(other) {
			d.given[path].failWith(path, "possible together with "+other, instead)
		}
	}
	for _, path := range mixing {
		exclude(path, "load.trace", "a trace says all that of its requests, leave one of the two out")
		exclude(path, "suite.answer", "leave one of the two out; load.answer has several sizes in one scenario")
		exclude(path, "suite.chunks", "leave one of the two out; load.chunks has several sizes in one scenario")
	}
	exclude("load.body", "suite.body", "leave one of the two out")
}

// checkAnswers asks whether the mock can give each answer of the suite.
func (d *draft) checkAnswers() {
	c := d.config
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		path := map[bench.Mode]string{bench.JSON: "suite.answer", bench.SSE: "suite.chunks"}[mode]
		for i, size := range c.Suite.answers(mode) {
			if size == 0 {
				continue
			}
			if err := AnswerShape(c.Mock.Shape, mode, size, c.Request.API).Validate(c.Request.API); err != nil {
				d.item(path, i).fail("possible", err.Error())
			}
		}
	}
}

// checkMix makes the mixes themselves.
func (d *draft) checkMix() {
	c := d.config
	if !c.Load.Mixed() {
		return
	}
	var answers workload.Answers
	for _, mode := range c.Suite.Modes {
		if _, err := workload.Mix(c.Load, c.MixBase(), mode, &answers); err != nil {
			d.blame(mixing...).failWith("the mix", "possible", err.Error())
			return
		}
	}
}
