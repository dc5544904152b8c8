package config

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/workload"
)

// setting is one row of the table: a value that can be set, by its path in the
// file.
type setting struct {
	path     string
	standard string // the default as YAML; empty without one
	want     string // what it takes
	help     string
	read     func(v value)
}

func set[T any](path string, to *T, takes kind[T], standard, help string) setting {
	return setting{path, standard, takes.wants(), help, func(v value) {
		before := len(*v.mistakes)
		if read := takes.read(v); len(*v.mistakes) == before {
			*to = read
		}
	}}
}

const startExample = `start: ./my-gateway --port "$PORT" --upstream "$UPSTREAM_URL"`

// never is written for an empty list of outcomes that fail.
const never bench.Outcome = "never"

// settings is the whole format. Everything follows from it: what is read, the
// defaults, what can be overridden, suggestions and the documentation.
func (d *draft) settings() []setting {
	c := &d.config
	shape := &c.Mock.Shape
	return []setting{
		set("version", &d.version, version, "", "Version of this format, needed in every file."),

		set("gateway.build", &c.Gateway.Build, text("the shell line that builds the gateway", "build: go build -o gateway ."), "",
			"Run in the repository. Guessed for a program of cargo, for one of Go that is missing or older than its sources, for packages of npm, and for a virtual environment that is missing, where only one way to build it is possible."),
		set("gateway.start", &c.Gateway.Start, text("the shell line that starts the gateway", startExample), "",
			"The one setting that is needed. Its environment has the variables [below](#variables-of-the-start-line)."),
		set("gateway.env", &c.Gateway.Env, environment, "", "Environment of the gateway. A value may name a variable of the start line, as in `$UPSTREAM_URL/v1`."),
		set("gateway.ready.path", &c.Gateway.Ready.Path, urlPath, "", "Answered with success once the gateway is ready. `ready: /health` says the same. Without it an open port is enough. Then one request of each mode is sent until it is answered rightly, or will not be."),
		set("gateway.ready.timeout", &c.Gateway.Ready.Timeout, patienceInSeconds(1, bench.MaxReadyTimeout, "60s"), "60s", "How long a gateway may take to be ready. A number alone is seconds."),
		set("gateway.bundle", &c.Gateway.Bundle, list("paths", "[target/release/my-gateway]", relativePath("target/release/my-gateway")), "",
			"What a baseline carries to run the gateway again, with what links in it lead to. It has to run without the repository. Guessed: the program, the modules of one for Node, a virtual environment with the modules that it runs, the files that its arguments name. Without a bundle a gate builds the base commit again."),

		set("request.api", &c.Request.API, oneOf(llmapi.All()...), string(llmapi.Default), "Path, body and stream of the requests."),
		set("request.path", &c.Request.Path, requestPath, "", "Where requests are posted to, instead of the API's own path."),
		set("request.query", &c.Request.Query, requestQuery, "", "Follows the path and a question mark."),
		set("request.model", &c.Request.Model, modelName, "", "The model that requests ask for; `bench-model` if there is none."),
		set("request.headers", &c.Request.Headers, headers, "", "Headers of every request, such as `{Authorization: Bearer $KEY}`. They replace the official clients' own of the same name. Their values appear in no report, log, artifact or command line."),
		set("request.extra", &c.Request.Extra, object, "", "Merged into every body. The Responses API is asked not to store, the others get nothing more."),
		set("request.timeout", &c.Request.Timeout, patience(time.Millisecond, time.Hour, "10s"), "10s", "Of one request. A number alone is seconds."),

		set("suite.modes", &c.Suite.Modes, list("modes", "[json, sse]", oneOf(bench.JSON, bench.SSE)), "[json, sse]", "Whole answers, streams, or both."),
		set("suite.concurrency", &c.Suite.Concurrency, list("whole numbers", "[1, 10, 50]", whole(1, 1000, "10")), "[1, 10, 50]", "Requests in flight."),
		set("suite.body", &c.Suite.Body, list("sizes", "[100B, 1KB, 10KB]", size(1, 64<<20, "10KB")), "[100B, 1KB, 10KB, 100KB]", "Sizes of the request body; 1KB is 1024 bytes, and so are 1kb, 1 KiB and 1024. 100B stands for the smallest request of the API, which is a little larger. Without this setting, every size too small for the request is raised to the least possible."),
		set("suite.answer", &c.Suite.Answer, list("sizes", "[1KB, 64KB, 1MB]", size(1, 16<<20, "1KB")), "", "Sizes of JSON answers, instead of `mock.answer`."),
		set("suite.chunks", &c.Suite.Chunks, list("whole numbers", "[10, 200, 2000]", whole(1, llmapi.MaxChunks, "200")), "", "Lengths of streams, instead of `mock.chunks`."),
		set("suite.paced", &d.paced, oneOf(pacedAuto, pacedOn, pacedOff), string(pacedAuto),
			"A stream of 1KB at 1 and at 10 requests in flight, in which the backend pauses as a model does: it shows a gateway that holds events back. `auto`: with the default suite, and with none where other scenarios, delays of the mock or a load are configured."),

		set("mock.latency", &c.Mock.Latency, delay, "0ms", "Before the head of an answer."),
		set("mock.jitter", &d.jitter, anyDelay.or("none"), "none", "Standard deviation of a constant latency."),
		set("mock.first_event", &c.Mock.FirstEvent, delay, "0ms", "Between the head of a stream and its first event."),
		set("mock.chunks", &shape.Chunks, whole(1, llmapi.MaxChunks, "20"), "20", "Chunks of a stream."),
		set("mock.chunk_interval", &c.Mock.ChunkInterval, delay, "0ms", "Between the chunks of a stream."),
		set("mock.chunk_size", (*bench.Size)(&shape.ChunkBytes), size(llmapi.MarkBytes, 16<<20, "64B"), "64B", "Text of a chunk."),
		set("mock.answer", (*bench.Size)(&shape.AnswerBytes), size(1, 16<<20, "1KB"), "1KB", "Size of a JSON answer."),
		set("mock.seed", &c.Mock.Seed, seed, "1", "Seed of the distributions."),

		set("measure.rounds", &c.Measure.Rounds, whole(1, 1000, "20").or("auto"), "auto", "Rounds, each with a fresh gateway process. A gate screens with that many process pairs, and then leaves no scenario out. `auto`: as the time budget allows."),
		set("measure.time_budget", &c.Measure.TimeBudget, patience(time.Second, 6*time.Hour, "4m"), "4m", "Wall-clock time for all rounds. A number alone is seconds."),
		set("measure.seed", &c.Measure.Seed, seed, "1", "Seed of the order of arms and scenarios."),
		set("measure.same", &c.Measure.Same, truth, "false", "Measure even when base and head are the same program."),

		set("measure.shard", &c.Measure.Shard, part, "", "Which part of a gate that is spread over machines this machine measures, such as `2/3`. It decides nothing: `proxy-bench merge` does, over all of them."),
		set("measure.shard_by", &c.Measure.ShardBy, oneOf(bench.ByPairs, bench.ByScenarios), string(bench.ByPairs), "`pairs`: every shard measures the whole suite on process pairs of its own. `scenarios`: every scenario is measured by one shard wholly, for a suite that is too large for one machine."),

		set("gate.alpha", &c.Gate.Alpha, share(bench.MinAlpha, bench.MaxAlpha, "0.01"), "1%", "Probability that unchanged code is called a regression, over a whole gate."),
		set("gate.threshold", &c.Gate.Threshold, thresholdShare, "10%", "Smallest change that counts, as a share of the overhead."),
		set("gate.floor", &c.Gate.Floor, seconds(0, bench.MaxFloor, "5us"), "5us", "Smaller changes are ignored, whatever their share."),
		set("gate.thresholds", &c.Gate.Thresholds, thresholds, "", "Thresholds of some metrics and scenarios; the last that matches wins."),
		set("gate.behaviour", &c.Gate.Behaviour, oneOf(bench.BehaviourRules()...), string(bench.BehaviourFails), "What new harm in what the gateway does counts for, such as streams that are held back: `fail`, it is a regression; `report`, it is said and decides nothing; `off`, nobody looks."),
		set("gate.behaviours", &c.Gate.Behaviours, behaviourRules, "", "The same for single behaviours, by name."),
		set("gate.instructions", &c.Gate.Work, workRule, "10%", "By which share the instructions of a request may grow, which are counted with one request at a time: more is a regression. `report`: it is said and decides nothing; `off`: nothing is counted."),
		set("gate.fail_on", &c.Gate.FailOn, list("outcomes", "[regression]", oneOf(bench.Regression, bench.Inconclusive, bench.NoBaseline, never)), "[regression]", "Outcomes that fail the gate. `no-baseline` is for where there is nothing to compare with: neither a baseline nor a base commit that can be built."),

		set("load.payload", &c.Load.Payload, shares("payloads", "{bare: 60%, tools: 25%, turns: 15%}", share(0, 1, "25%"), llmapi.Payloads()), "", "What the bodies are made of."),
		set("load.body", (*pace.Dist)(&c.Load.Body), counts(size(1, 64<<20, "4KB"), "sizes", "1KB", "[1KB, 4KB, 64KB]"), "", "Sizes of the request body, mixed in one scenario."),
		set("load.answer", (*pace.Dist)(&c.Load.Answer), counts(size(1, 16<<20, "4KB"), "sizes", "1KB", "[1KB, 4KB, 64KB]"), "", "Sizes of JSON answers, mixed in one scenario."),
		set("load.chunks", (*pace.Dist)(&c.Load.Chunks), counts(whole(1, llmapi.MaxChunks, "20"), "whole numbers", "5", "[5, 20, 200]"), "", "Lengths of streams, mixed in one scenario."),
		set("load.fail", &c.Load.Fail, shares("failures", "{429: 1%, 500: 0.5%, cut: 0.5%}", mixShare, llmapi.Failures()), "", "Failures that the gateway has to pass on."),
		set("load.slow", &c.Load.Slow, slow, "", "Requests that are answered later than the others."),
		set("load.trace", &c.Load.Trace, relativePath("bench/chat.jsonl"), "", "Recorded requests to replay."),
		set("load.seed", &c.Load.Seed, seed, "1", "Seed of the mix."),
	}
}

var (
	thresholdShare = share(bench.MinThreshold, bench.MaxThreshold, "10%")
	anyDelay       = duration(0, pace.Limit, "20ms")
	// mixShare is a share of requests that differ from the rest, which is at least
	// half of all.
	mixShare = share(workload.LeastShare, 0.5, "1%")
)
