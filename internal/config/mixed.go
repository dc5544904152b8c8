package config

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/workload"
)

// mixShare is a share of requests that are unlike the others. Half of them
// remain.
var mixShare = share(workload.LeastShare, 0.5, "1%")

// shares reads a mapping of some of the words to shares.
func shares[T ~string](what, example string, one scalar[float64], words []T) parser[map[T]float64] {
	return func(v value) (map[T]float64, bool) {
		pairs, ok := v.entries("a mapping of "+what+" to shares", "write "+example)
		if !ok {
			return nil, false
		}
		if len(pairs) == 0 {
			v.failWith("an empty mapping", "a mapping of "+what+" to shares", "write "+example+", or leave it out")
			return nil, false
		}
		read := make(map[T]float64, len(pairs))
		for _, e := range pairs {
			word := T(e.name)
			if !slices.Contains(words, word) {
				e.key.fail(orList(words), meant(e.name, words, "write one of them"))
				ok = false
				continue
			}
			part, good := one.read(e.value)
			if good && part > 0 {
				read[word] = part
			}
			ok = good && ok
		}
		return read, ok
	}
}

// slow reads the share of the slow requests and their latency.
func slow(v value) (s workload.Slow, ok bool) {
	const example = "{share: 5%, latency: 300ms}"
	ok = parameters(v, example, parameter{"share", mixShare.into(&s.Share)}, parameter{"latency", anyDelay.into(&s.Latency)})
	return s, ok
}

func sum[K comparable](shares map[K]float64) (total float64) {
	for _, part := range shares {
		total += part
	}
	return total
}

// mixing are the settings that make the requests of a scenario differ.
var mixing = []string{"load.payload", "load.body", "load.answer", "load.chunks", "load.fail", "load.slow"}

// checkLoad looks at what makes requests and answers differ.
func (d *draft) checkLoad() {
	if !d.readable(mixing...) {
		return
	}
	l := d.config.Load
	if total := sum(l.Payload); d.given["load.payload"].node != nil && math.Abs(total-1) > 1e-6 {
		d.given["load.payload"].failWith("a sum of "+showShare(total), "100%", "let the shares make all requests together")
		return
	}
	if total := sum(l.Fail); total > 0.5+1e-9 {
		d.given["load.fail"].failWith("a sum of "+showShare(total), "at most 50%", "what succeeds is what is measured, lower them")
		return
	}
	before := len(d.mistakes)
	d.checkTogether()
	if len(d.mistakes) == before {
		d.checkSuiteAnswers()
		d.checkMix()
	}
}

// checkTogether refuses two settings for one thing.
func (d *draft) checkTogether() {
	exclude := func(path, other, instead string) {
		v, o := d.given[path], d.given[other]
		if v.node != nil && o.node != nil {
			v.failWith(path, "possible together with "+other, instead)
		}
	}
	for _, path := range mixing {
		exclude(path, "load.trace", "a trace says all that of its requests, leave one of the two out")
		exclude(path, "suite.answer", "leave one of the two out; load.answer has several sizes in one scenario")
		exclude(path, "suite.chunks", "leave one of the two out; load.chunks has several sizes in one scenario")
	}
	exclude("load.body", "suite.body", "leave one of the two out")
}

// checkSuiteAnswers asks whether the mock can give each of the suite's answers.
func (d *draft) checkSuiteAnswers() {
	if !d.readable("suite.answer", "suite.chunks", "mock.chunk_size", "request.api") {
		return
	}
	c := d.config
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		path := map[bench.Mode]string{bench.JSON: "suite.answer", bench.SSE: "suite.chunks"}[mode]
		for i, size := range c.Suite.answers(mode) {
			if size == 0 {
				continue
			}
			if err := AnswerShape(c.Mock.Shape, mode, size, c.Request.API).Validate(c.Request.API); err != nil {
				items, _ := d.given[path].elements("", "")
				items[i].fail("possible", err.Error())
			}
		}
	}
}

// AnswerShape is the shape of the answers of a scenario with this mode and
// Answer, on the ground of the mock's. What the other mode would get is as small
// as the API lets it be.
func AnswerShape(shape llmapi.Shape, mode bench.Mode, answer int, api llmapi.API) llmapi.Shape {
	if mode == bench.SSE {
		shape.Chunks, shape.AnswerBytes = answer, llmapi.MinAnswerBytes(api)
	} else {
		shape.AnswerBytes, shape.Chunks = answer, 1
	}
	return shape
}

// checkMix asks for the mixes themselves.
func (d *draft) checkMix() {
	c := d.config
	if !c.Load.Mixed() || !d.readable("request.api", "request.extra", "suite.modes", "suite.body", "load.seed",
		"mock.answer", "mock.chunks", "mock.chunk_size") || c.Mock.Shape.Validate(c.Request.API) != nil {
		return
	}
	var answers workload.Answers
	for _, mode := range c.Suite.Modes {
		if _, err := workload.Mix(c.Load, c.MixBase(), mode, &answers); err != nil {
			d.firstGiven(mixing...).failWith("the mix", "possible", err.Error())
			return
		}
	}
}

// MixBase is what the mixes of the configuration are made on the ground of.
func (c Config) MixBase() workload.Base {
	bodies := make([]int, len(c.Suite.Body))
	for i, body := range c.Suite.Body {
		bodies[i] = int(body)
	}
	return workload.Base{API: c.Request.API, Extra: c.Request.Extra, Shape: c.Mock.Shape, Bodies: bodies}
}

// mostChunks is how many chunks a stream can have.
func (d *draft) mostChunks() int {
	most := d.config.Mock.Shape.Chunks
	if chunks := d.config.Load.Chunks; !chunks.IsZero() {
		most = chunks.Max()
	}
	if chunks := d.config.Suite.Chunks; len(chunks) > 0 {
		most = slices.Max(chunks)
	}
	return most
}
