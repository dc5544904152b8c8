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

// checks look at several values together. Each runs when none of the settings
// it needs has a mistake. The defaults pass all of them.
var checks = []struct {
	needs []string
	run   func(d *draft)
}{
	{[]string{"mock.latency", "mock.jitter"}, (*draft).checkJitter},
	{[]string{"request.api", "request.extra", "request.model"}, (*draft).checkExtra},
	{[]string{"request.api", "request.extra", "request.model", "suite.modes", "suite.body"}, (*draft).checkBodies},
	{[]string{"mock.chunk_size", "mock.chunks", "mock.answer", "request.api"}, (*draft).checkShape},
	{append([]string{"suite.modes", "mock.jitter"}, timing...), (*draft).checkTimeout},
	{[]string{"measure.rounds", "gate.alpha"}, (*draft).checkRounds},
	{[]string{"suite", "load", "mock", "request.timeout"}, (*draft).checkPaced},
	{[]string{"gate.thresholds"}, (*draft).checkPolicy},
	{[]string{"gate.fail_on"}, (*draft).checkFailOn},
	{mixing, (*draft).checkShares},
	{mixing, (*draft).checkTogether},
	{append([]string{"suite.answer", "suite.chunks", "mock.chunk_size", "request.api"}, mixing...), (*draft).checkAnswers},
	{append([]string{"request.api", "request.extra", "request.model", "suite.modes", "suite.body", "load.seed", "mock.answer", "mock.chunks", "mock.chunk_size"}, mixing...), (*draft).checkMix},
}

// check completes the draft with what follows from several values together, and
// finds what is impossible together.
func (d *draft) check(from Sources) {
	if !d.isGiven("gateway.start") && d.purpose.measures() {
		d.missingStart(from)
	}
	if !d.isGiven("request.extra") {
		d.config.Request.Extra = d.config.Request.API.Extra()
	}
	if d.readable("request.model", "request.extra") {
		d.setModel()
	}
	if from.Env != nil && d.purpose.measures() && d.readable("request.headers") {
		d.checkHeaders(from.Env)
	}
	for _, c := range checks {
		if d.readable(c.needs...) {
			c.run(d)
		}
	}
}

func (d *draft) isGiven(path string) bool { return d.given[path].node != nil }

// readable reports whether there is no mistake in the settings.
func (d *draft) readable(paths ...string) bool {
	return !slices.ContainsFunc(d.mistakes, func(m Mistake) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			below, ok := strings.CutPrefix(m.Path, p)
			return ok && (below == "" || below[0] == '.' || below[0] == '[')
		})
	})
}

// blame is the first of the settings that was given; one of them is, since the
// defaults are possible together.
func (d *draft) blame(paths ...string) value {
	for _, p := range paths {
		if d.isGiven(p) {
			return d.given[p]
		}
	}
	panic("config: defaults that are impossible together: " + strings.Join(paths, ", "))
}

// item is an element of a list that was given.
func (d *draft) item(path string, i int) value { return d.given[path].elements("", "")[i] }

func (d *draft) missingStart(from Sources) {
	m := Mistake{Path: "gateway.start", Want: "the shell line that starts the gateway", Hint: "write " + startExample}
	switch section := d.given["gateway"]; {
	case section.node != nil:
		m.Origin, m.Line, m.Column = section.origin, section.node.Line, section.node.Column
	case from.File != nil:
		m.Origin, m.Line, m.Column = from.Name, 1, 1
	default:
		m.Hint = fmt.Sprintf("there is no %s in this directory: go to the root of the gateway's repository, have proxy-bench init write one, or write gateway: {%s}", from.Name, startExample)
	}
	d.mistakes = append(d.mistakes, m)
}

// checkJitter makes a constant latency a normal one.
func (d *draft) checkJitter() {
	if d.jitter == 0 {
		return
	}
	v, got, latency := d.given["mock.jitter"], showDuration(d.jitter), d.config.Mock.Latency
	switch {
	case !latency.IsConstant():
		v.failWith(got, "possible on top of the distribution in mock.latency", "write jitter: none")
		return
	case d.jitter > latency.Mean():
		v.failWith(got, "at most the latency, "+showDuration(latency.Mean()), "lower it, or give mock.latency a distribution")
		return
	}
	d.config.Mock.Latency = pace.Normal(latency.Mean(), d.jitter)
	if err := d.config.Mock.Latency.Validate(); err != nil {
		v.failWith(got, "possible", err.Error())
	}
}

// checkExtra builds a request that is long enough for the members.
func (d *draft) checkExtra() {
	if !d.isGiven("request.extra") && !d.isGiven("request.model") {
		return
	}
	const rest = 4 << 10
	r := d.config.Request
	members, err := json.Marshal(r.Extra)
	if err == nil {
		_, err = llmapi.RequestBody(r.API, llmapi.Ask{Mode: bench.JSON, Size: len(members) + rest, Extra: r.Extra})
	}
	if err != nil {
		d.blame("request.extra", "request.model").fail("possible in a request", err.Error())
	}
}

// smallest is the size that stands for the smallest request of the API, whatever
// it has in bytes.
const smallest = bench.Size(100)

// checkBodies refuses a size that is too small for the request. The smallest,
// sizes that the user did not write, and those of a mix, are raised instead.
func (d *draft) checkBodies() {
	sizes := d.config.Suite.Body
	if !d.isGiven("suite.body") || d.config.Load.Mixed() {
		return
	}
	for _, body := range slices.Sorted(slices.Values(sizes)) {
		if body == smallest {
			continue
		}
		err := possibleBody(d.config, body)
		if err == nil {
			return
		}
		d.item("suite.body", slices.Index(sizes, body)).failWith(body.String(), "enough for the request", err.Error())
	}
}

func possibleBody(c Config, size bench.Size) error {
	// JSON first: its bodies are a byte longer ("stream":false).
	for _, mode := range slices.Sorted(slices.Values(c.Suite.Modes)) {
		ask := llmapi.Ask{Mode: mode, Size: int(size), Extra: c.Request.Extra}
		if c.Suite.answers(mode)[0] > 0 {
			ask.Answer = llmapi.MostAnswers // the number with the longest mark
		}
		if _, err := llmapi.RequestBody(c.Request.API, ask); err != nil {
			return err
		}
	}
	return nil
}

func (d *draft) checkShape() {
	api, shape := d.config.Request.API, d.config.Mock.Shape
	if least := llmapi.MinAnswerBytes(api); shape.AnswerBytes < least {
		d.blame("mock.answer", "request.api").failWith(bench.Size(shape.AnswerBytes).String(),
			fmt.Sprintf("a possible size for an answer of %s", api), fmt.Sprintf("write %dB or more", least))
	} else if err := shape.Validate(api); err != nil {
		d.blame("mock.chunk_size", "mock.chunks", "mock.answer", "request.api").failWith(
			fmt.Sprintf("%d × %v", shape.Chunks, bench.Size(shape.ChunkBytes)), "a possible stream", err.Error())
	}
}

// timing are the settings that decide how long an answer takes.
var timing = []string{
	"request.timeout", "mock.latency", "mock.first_event", "mock.chunk_interval", "mock.chunks",
	"suite.chunks", "load.chunks", "load.slow",
}

// checkTimeout compares the time-out with the least that an average answer
// takes.
func (d *draft) checkTimeout() {
	c := d.config
	seconds := max(c.Mock.Latency.Mean(), c.Load.Slow.Latency).Seconds()
	if slices.Contains(c.Suite.Modes, bench.SSE) {
		chunks := c.Mock.Shape.Chunks
		if !c.Load.Chunks.IsZero() {
			chunks = c.Load.Chunks.Max()
		}
		if len(c.Suite.Chunks) > 0 {
			chunks = slices.Max(c.Suite.Chunks)
		}
		seconds += c.Mock.FirstEvent.Mean().Seconds() + c.Mock.ChunkInterval.Mean().Seconds()*float64(chunks-1)
	}
	if seconds < c.Request.Timeout.Seconds() {
		return
	}
	d.blame(timing...).failWith("a time-out of "+showDuration(c.Request.Timeout), "longer than the mock's answer takes",
		fmt.Sprintf("its delays add up to %.4g s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks", seconds))
}

// checkRounds refuses a number of rounds with which no difference, however
// clear, can reach alpha.
func (d *draft) checkRounds() {
	rounds, alpha := d.config.Measure.Rounds, d.config.Gate.Alpha
	if d.purpose != ForGating || rounds == 0 || smallestP(rounds) <= alpha {
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
	suite := d.config.Scenarios()
	for _, p := range []string{"suite.modes", "suite.concurrency", "suite.body", "suite.answer", "suite.chunks", "suite.paced"} {
		if !d.readable(p) || d.isGiven(p) && d.given[p].isOverride() {
			suite = nil
		}
	}
	for _, m := range d.config.Gate.Mistakes(suite) {
		v := d.given["gate."+m.Field]
		if v.node == nil {
			v = value{node: scalarNode(""), path: "gate." + m.Field, origin: "the saved policy", mistakes: &d.mistakes}
		} else if m.Field == "thresholds" {
			v = v.entries("", "")[m.Index].key
		}
		v.failWith(m.Got, m.Want, m.Hint)
	}
}

func (d *draft) checkFailOn() {
	on := d.config.Gate.FailOn
	switch {
	case slices.Contains(on, never) && len(on) > 1:
		d.given["gate.fail_on"].failWith("never with others", "possible", "write [never], or leave it out")
	case slices.Contains(on, never):
		d.config.Gate.FailOn = nil
	case !slices.Contains(on, bench.Regression):
		var names []string
		for _, o := range on {
			names = append(names, string(o))
		}
		others := strings.Join(names, ", ")
		d.given["gate.fail_on"].failWith(others+" alone", "possible", "a regression would pass, write [regression, "+others+"]")
	}
}
