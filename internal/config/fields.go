package config

import (
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// field is a value that can be set, by the path it has in the file.
type field struct {
	path string
	read func(v value) bool
}

// never is written for an empty list of outcomes that fail.
const never bench.Outcome = "never"

var (
	thresholdShare = share(bench.MinThreshold, bench.MaxThreshold, "10%")
	answerSize     = size(1, 16<<20, "1KB")
)

// fields is the whole format: every path, what it takes, and where that goes.
func (d *draft) fields() []field {
	c := &d.config
	return []field{
		{"version", version},

		{"gateway.build", into(&c.Gateway.Build, text("the shell line that builds the gateway", "build: go build -o gateway ."))},
		{"gateway.start", into(&c.Gateway.Start, text(startWant, startExample))},
		{"gateway.env", into(&c.Gateway.Env, environment)},
		{"gateway.ready.path", into(&c.Gateway.Ready.Path, urlPath)},
		{"gateway.ready.timeout", duration(time.Second, time.Hour, "60s").into(&c.Gateway.Ready.Timeout)},
		{"gateway.bundle", into(&c.Gateway.Bundle, list("paths", "[target/release/my-gateway]", relativePath("target/release/my-gateway")))},

		{"request.api", into(&c.Request.API, oneOf(llmapi.All()...))},
		{"request.extra", into(&c.Request.Extra, extra)},
		{"request.timeout", duration(time.Millisecond, time.Hour, "10s").into(&c.Request.Timeout)},

		{"suite.modes", into(&c.Suite.Modes, list("modes", "[json, sse]", oneOf(bench.JSON, bench.SSE)))},
		{"suite.concurrency", into(&c.Suite.Concurrency, list("whole numbers", "[1, 10, 50]", whole(1, 1000, "10").read))},
		{"suite.body", into(&c.Suite.Body, list("sizes", "[100B, 1KB, 10KB]", size(1, 64<<20, "10KB").read))},
		{"suite.answer", into(&c.Suite.Answer, list("sizes", "[1KB, 64KB, 1MB]", answerSize.read))},
		{"suite.chunks", into(&c.Suite.Chunks, list("whole numbers", "[10, 200, 2000]", whole(1, llmapi.MaxChunks, "200").read))},
		{"suite.probes", into(&c.Suite.Probes, list("probes", "[slow-reader, disconnect]", oneOf(bench.ProbeDisconnect, bench.ProbeSlowReader, bench.ProbeIdle)))},

		{"mock.latency", into(&c.Mock.Latency, delay)},
		{"mock.jitter", anyDelay.or("none").into(&d.jitter)},
		{"mock.first_event", into(&c.Mock.FirstEvent, delay)},
		{"mock.chunks", whole(1, llmapi.MaxChunks, "20").into(&c.Mock.Shape.Chunks)},
		{"mock.chunk_interval", into(&c.Mock.ChunkInterval, delay)},
		{"mock.chunk_size", bytes(&c.Mock.Shape.ChunkBytes, size(llmapi.MarkBytes, 16<<20, "64B"))},
		{"mock.answer", bytes(&c.Mock.Shape.AnswerBytes, answerSize)},
		{"mock.seed", seed().into(&c.Mock.Seed)},

		{"measure.rounds", whole(1, 1000, "20").or("auto").into(&c.Measure.Rounds)},
		{"measure.time_budget", duration(time.Second, 6*time.Hour, "4m").into(&c.Measure.TimeBudget)},
		{"measure.seed", seed().into(&c.Measure.Seed)},

		{"gate.alpha", share(bench.MinAlpha, bench.MaxAlpha, "0.01").into(&c.Gate.Alpha)},
		{"gate.threshold", thresholdShare.into(&c.Gate.Threshold)},
		{"gate.floor", into(&c.Gate.Floor, inSeconds(duration(0, bench.MaxFloor*time.Second, "5us")))},
		{"gate.thresholds", into(&c.Gate.Thresholds, thresholds)},
		{"gate.fail_on", into(&c.Gate.FailOn, list("outcomes", "[regression]", oneOf(bench.Regression, bench.Inconclusive, never)))},

		{"load.payload", into(&c.Load.Payload, shares("payloads", "{bare: 60%, tools: 25%, turns: 15%}", share(0, 1, "25%"), llmapi.Payloads()))},
		{"load.body", into(&c.Load.Body, counts(size(1, 64<<20, "4KB"), "sizes", "4KB", "1KB", "[1KB, 4KB, 64KB]"))},
		{"load.answer", into(&c.Load.Answer, counts(answerSize, "sizes", "4KB", "1KB", "[1KB, 4KB, 64KB]"))},
		{"load.chunks", into(&c.Load.Chunks, counts(whole(1, llmapi.MaxChunks, "20"), "whole numbers", "20", "5", "[5, 20, 200]"))},
		{"load.fail", into(&c.Load.Fail, shares("failures", "{429: 1%, 500: 0.5%, cut: 0.5%}", mixShare, llmapi.Failures()))},
		{"load.slow", into(&c.Load.Slow, slow)},
		{"load.trace", into(&c.Load.Trace, relativePath("bench/chat.jsonl"))},
		{"load.seed", seed().into(&c.Load.Seed)},
	}
}

// section reads a mapping whose keys are fields and sections.
func (d *draft) section(v value) {
	pairs, _ := v.entries("a mapping of settings", "indent its settings below it, or remove the key")
	for _, e := range pairs {
		switch {
		case d.isField(e.value.path):
			d.set(e.value)
		case d.hasBelow(e.value.path):
			d.given[e.value.path] = e.key
			d.section(e.value)
		default:
			e.key.fail("a key here", d.otherKey(v.path, e.name))
		}
	}
}

// set reads the value of a field.
func (d *draft) set(v value) {
	d.given[v.path] = v
	before := len(d.mistakes)
	i := slices.IndexFunc(d.table, func(f field) bool { return f.path == v.path })
	d.table[i].read(v)
	d.bad[v.path] = len(d.mistakes) > before
}

func (d *draft) isField(path string) bool {
	return slices.ContainsFunc(d.table, func(f field) bool { return f.path == path })
}

func (d *draft) hasBelow(path string) bool {
	return slices.ContainsFunc(d.table, func(f field) bool { return strings.HasPrefix(f.path, path+".") })
}

// otherKey is the hint for a key that the section does not have.
func (d *draft) otherKey(section, name string) string {
	if section != "" {
		section += "."
	}
	var here []string
	elsewhere := ""
	for _, f := range d.table {
		if below, ok := strings.CutPrefix(f.path, section); ok {
			key, _, _ := strings.Cut(below, ".")
			if !slices.Contains(here, key) {
				here = append(here, key)
			}
		}
		if at, ok := strings.CutSuffix(f.path, "."+name); ok {
			elsewhere = "it belongs in " + at
		}
	}
	if elsewhere == "" {
		elsewhere = "there are " + strings.Join(here, ", ")
	}
	return meant(name, here, elsewhere)
}
