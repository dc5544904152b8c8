package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	startWant    = "the shell line that starts the gateway"
	startExample = `start: ./my-gateway --port "$PORT" --upstream "$UPSTREAM_URL"`
)

// check completes the draft with what follows from several values together, and
// finds what is impossible together. The defaults pass every check.
func (d *draft) check(name string, hasFile bool) {
	if d.given["gateway.start"].node == nil && d.purpose.measures() {
		d.missingStart(name, hasFile)
	}
	if d.given["request.extra"].node == nil && d.readable("request.api") {
		d.config.Request.Extra = d.config.Request.API.Extra()
	}
	d.checkJitter()
	d.checkExtra()
	d.checkBodies()
	d.checkShape()
	d.checkTimeout()
	d.checkRounds()
	d.checkPolicy()
	d.checkFailOn()
	d.checkLoad()
}

// readable reports whether none of the fields has a mistake of its own.
func (d *draft) readable(paths ...string) bool {
	return !slices.ContainsFunc(paths, func(p string) bool { return d.bad[p] })
}

// firstGiven is the first of the fields that was given; one of them is, since
// the defaults are possible together.
func (d *draft) firstGiven(paths ...string) value {
	for _, p := range paths {
		if v := d.given[p]; v.node != nil {
			return v
		}
	}
	panic("config: defaults that are impossible together: " + strings.Join(paths, ", "))
}

func (d *draft) missingStart(name string, hasFile bool) {
	m := Mistake{Path: "gateway.start", Want: startWant, Hint: "write " + startExample}
	switch section := d.given["gateway"]; {
	case section.node != nil:
		m.Origin, m.Line, m.Column = section.origin, section.node.Line, section.node.Column
	case hasFile:
		m.Origin, m.Line, m.Column = name, 1, 1
	default:
		m.Hint = fmt.Sprintf("there is no %s; write one with gateway: {%s}", name, startExample)
	}
	d.mistakes = append(d.mistakes, m)
}

// checkJitter makes a constant latency a normal one.
func (d *draft) checkJitter() {
	if d.jitter == 0 || !d.readable("mock.latency", "mock.jitter") {
		return
	}
	v, latency := d.given["mock.jitter"], d.config.Mock.Latency
	got := showDuration(d.jitter)
	if !latency.IsConstant() {
		v.failWith(got, "possible on top of the distribution in mock.latency", "write jitter: none")
		return
	}
	if d.jitter > latency.Mean() {
		v.failWith(got, "at most the latency, "+showDuration(latency.Mean()), "lower it, or give mock.latency a distribution")
		return
	}
	d.config.Mock.Latency = pace.Normal(latency.Mean(), d.jitter)
	if err := d.config.Mock.Latency.Validate(); err != nil {
		v.failWith(got, "possible", err.Error())
	}
}

// checkExtra asks for a body that is surely long enough.
func (d *draft) checkExtra() {
	v := d.given["request.extra"]
	if v.node == nil || !d.readable("request.api", "request.extra") {
		return
	}
	const rest = 4 << 10
	r := d.config.Request
	members, err := json.Marshal(r.Extra)
	if err == nil {
		_, err = llmapi.RequestBody(r.API, llmapi.Ask{Mode: bench.JSON, Size: len(members) + rest, Extra: r.Extra})
	}
	if err != nil {
		v.fail("possible in a request", err.Error())
		d.bad["request.extra"] = true
	}
}

// checkBodies refuses a size that is too small for the request. Sizes that the
// user did not write, and those of a mix, are raised instead.
func (d *draft) checkBodies() {
	c, given := d.config, d.given["suite.body"]
	if given.node == nil || c.Load.Mixed() || !d.readable("request.api", "request.extra", "suite.modes", "suite.body") {
		return
	}
	for _, body := range slices.Sorted(slices.Values(c.Suite.Body)) {
		err := possibleBody(c, body)
		if err == nil {
			return
		}
		items, _ := given.elements("", "")
		items[slices.Index(c.Suite.Body, body)].failWith(body.String(), "enough for the request", err.Error())
	}
}

func possibleBody(c Config, size bench.Size) error {
	// JSON first: its bodies are a byte longer ("stream":false).
	for _, mode := range slices.Sorted(slices.Values(c.Suite.Modes)) {
		ask := llmapi.Ask{Mode: mode, Size: int(size), Extra: c.Request.Extra}
		if c.Suite.answers(mode)[0] > 0 {
			ask.Answer = llmapi.MostAnswers // whatever number it gets, its mark is no longer
		}
		if _, err := llmapi.RequestBody(c.Request.API, ask); err != nil {
			return err
		}
	}
	return nil
}

func (d *draft) checkShape() {
	fields := []string{"mock.chunk_size", "mock.chunks", "mock.answer", "request.api"}
	if !d.readable(fields...) {
		return
	}
	api, shape := d.config.Request.API, d.config.Mock.Shape
	if least := llmapi.MinAnswerBytes(api); shape.AnswerBytes < least {
		d.firstGiven("mock.answer", "request.api").failWith(bench.Size(shape.AnswerBytes).String(),
			fmt.Sprintf("a possible size for an answer of %s", api), fmt.Sprintf("write %dB or more", least))
	} else if err := shape.Validate(api); err != nil {
		d.firstGiven(fields...).failWith(fmt.Sprintf("%d × %v", shape.Chunks, bench.Size(shape.ChunkBytes)),
			"a possible stream", err.Error())
	}
}

// checkTimeout compares the time-out with the least that an average answer
// takes.
func (d *draft) checkTimeout() {
	fields := []string{
		"request.timeout", "mock.latency", "mock.first_event", "mock.chunk_interval", "mock.chunks",
		"suite.chunks", "load.chunks", "load.slow",
	}
	if !d.readable(fields...) || !d.readable("suite.modes", "mock.jitter") {
		return
	}
	c := d.config
	seconds := max(c.Mock.Latency.Mean(), c.Load.Slow.Latency).Seconds()
	if slices.Contains(c.Suite.Modes, bench.SSE) {
		seconds += c.Mock.FirstEvent.Mean().Seconds()
		seconds += c.Mock.ChunkInterval.Mean().Seconds() * float64(d.mostChunks()-1)
	}
	if seconds < c.Request.Timeout.Seconds() {
		return
	}
	d.firstGiven(fields...).failWith("a time-out of "+showDuration(c.Request.Timeout), "longer than the mock's answer takes",
		fmt.Sprintf("its delays add up to %.4g s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks", seconds))
}

// checkRounds refuses a number of rounds with which no difference, however
// clear, can reach alpha.
func (d *draft) checkRounds() {
	rounds, alpha := d.config.Measure.Rounds, d.config.Gate.Alpha
	if d.purpose != ForGating || rounds == 0 || !d.readable("measure.rounds", "gate.alpha") || smallestP(rounds) <= alpha {
		return
	}
	enough := rounds
	for smallestP(enough) > alpha {
		enough++
	}
	d.given["measure.rounds"].failWith(fmt.Sprint(rounds), fmt.Sprintf("enough rounds for gate.alpha %v", alpha),
		fmt.Sprintf("their smallest possible p is %v, write %d or more, or auto", smallestP(rounds), enough))
}

func smallestP(rounds int) float64 {
	p, err := stats.SmallestPSignedRank(rounds)
	if err != nil {
		return 1
	}
	return p
}

// checkPolicy asks the policy itself what is wrong with it. A suite narrowed down
// by a flag leaves the file's patterns as right as they were.
func (d *draft) checkPolicy() {
	if !d.readable("gate.alpha", "gate.threshold", "gate.floor", "gate.thresholds") {
		return
	}
	var suite []bench.Scenario
	fields := []string{"suite.modes", "suite.concurrency", "suite.body", "suite.answer", "suite.chunks"}
	if d.readable(fields...) && !slices.ContainsFunc(fields, func(p string) bool { f := d.given[p]; return f.node != nil && f.isOverride() }) {
		suite = d.config.Scenarios()
	}
	for _, m := range d.config.Gate.Mistakes(suite) {
		v := d.given["gate."+m.Field]
		if v.node == nil { // of a saved policy
			v = value{node: scalarNode(""), path: "gate." + m.Field, origin: "the saved policy", mistakes: &d.mistakes}
		} else if m.Field == "thresholds" {
			pairs, _ := v.entries("", "")
			v = pairs[m.Index].key
		}
		v.failWith(m.Got, m.Want, m.Hint)
	}
}

func (d *draft) checkFailOn() {
	on := d.config.Gate.FailOn
	if !d.readable("gate.fail_on") {
		return
	}
	switch {
	case slices.Contains(on, never) && len(on) > 1:
		d.given["gate.fail_on"].failWith("never with others", "possible", "write [never], or leave it out")
	case slices.Contains(on, never):
		d.config.Gate.FailOn = nil
	case !slices.Contains(on, bench.Regression):
		d.given["gate.fail_on"].failWith("inconclusive alone", "possible", "a regression would pass, write [regression, inconclusive]")
	}
}
