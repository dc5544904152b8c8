package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// mistaken are settings below the header, from line 3 on, each with what is said
// of them.
var mistaken = []struct{ settings, want string }{
	// Keys.
	{"verson: 1", `3:1: "verson" is not a key here; did you mean version?`},
	{"suite: {bdoy: [1KB]}", `3:9: suite: "bdoy" is not a key here; did you mean body?`},
	{"suite: {probes: [idle]}", `3:9: suite: "probes" is not a key here; remove it: exchanges that show what the gateway does are made in every run and gate, and gate.behaviour says what they count for`},
	{"suite: {concurency: [1]}", `3:9: suite: "concurency" is not a key here; did you mean concurrency?`},
	{"measure: {time-budget: 1m}", `3:11: measure: "time-budget" is not a key here; did you mean time_budget?`},
	{"measure: {alpha: 0.01}", `3:11: measure: "alpha" is not a key here; it belongs in gate`},
	{"bananas: 1", `3:1: "bananas" is not a key here; there are version, gateway, request, suite, mock, measure, gate, load`},
	{"version: 1", `3:1: version: "version" is not a new key; it is there already in line 1`},
	{"mock: {seed: 1, seed: 1}", `3:17: mock.seed: "seed" is not a new key; it is there already in line 3`},
	{"mock:", `3:6: mock: an empty value is not a mapping of settings; indent its settings below it, or remove the key`},
	{"mock: [1]", `3:7: mock: a list is not a mapping of settings; indent its settings below it, or remove the key`},
	{"[a]: 1", `3:1: a list is not a key; use plain text`},
	{"<<: {mock: {seed: 1}}", `3:1: "<<" is not read here; merge keys are not supported, write the values out`},
	{"mock: {seed: &s 2}\nmeasure: {seed: *s}", `4:17: measure.seed: the alias *s is not read here; anchors and aliases are not supported, write the value out`},
	{"mock: {seed: !x 2}", `3:14: mock.seed: the tag "!x" is not read here; remove it and quote the value if it is text`},

	// Request.
	{"request: {api: responces}", `3:16: request.api: "responces" is not responses, chat or messages; did you mean responses?`},
	{"request: {api: soap}", `3:16: request.api: "soap" is not responses, chat or messages; write one of them`},
	{"request: {api: [chat]}", `3:16: request.api: a list is not responses, chat or messages; write responses`},
	{"request: {extra: yes}", `3:18: request.extra: "yes" is not a mapping of keys to JSON values; write {store: false}`},
	{"request: {extra: {stream: true}}", `3:19: request.extra: "stream" is not yours to set; suite.modes decides whether answers are streamed`},
	{"request: {extra: {input: x}}", `3:18: request.extra: a mapping is not possible in a request; extra member "input": this part of the request is written by the benchmark; leave it out`},
	{"request: {extra: {x: [1, .inf]}}", `3:26: request.extra.x[1]: ".inf" is not a number that JSON has; put it in quotes: ".inf"`},
	{"request: {extra: {x: {a b: *z}}}", `3: the file is not YAML; anchors and aliases are not supported, write the value out`},
	{"request: {extra: {x: &z 1, y y: *z}}", `3:33: request.extra["y y"]: the alias *z is not read here; anchors and aliases are not supported, write the value out`},
	{
		"request: {extra: {x: " + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "}}",
		`3:86: request.extra.x` + strings.Repeat("[0]", 64) + `: a list is not nested reasonably; stay within 64 levels`,
	},
	{"request: {timeout: 0}", `3:20: request.timeout: "0" is not a duration from 1ms to 1h; write 1ms or more`},
	{"request: {timeout: 2h}", `3:20: request.timeout: "2h" is not a duration from 1ms to 1h; write 1h or less`},

	// Suite.
	{"suite: {modes: [json, ssee]}", `3:23: suite.modes[1]: "ssee" is not json or sse; did you mean sse?`},
	{"suite: {modes: jsn}", `3:16: suite.modes[0]: "jsn" is not json or sse; did you mean json?`},
	{"suite: {modes: []}", `3:16: suite.modes: an empty list is not a list of modes; write [json, sse]`},
	{"suite: {concurrency: [1, ten]}", `3:26: suite.concurrency[1]: "ten" is not a whole number from 1 to 1000; write 10`},
	{"suite: {concurrency: [0]}", `3:23: suite.concurrency[0]: "0" is not a whole number from 1 to 1000; write 1 or more`},
	{"suite: {concurrency: [1001]}", `3:23: suite.concurrency[0]: "1001" is not a whole number from 1 to 1000; write 1000 or less`},
	{"suite: {concurrency: [99999999999999999999]}", `3:23: suite.concurrency[0]: "99999999999999999999" is not a whole number from 1 to 1000; write 1000 or less`},
	{"suite: {concurrency: [1.5]}", `3:23: suite.concurrency[0]: "1.5" is not a whole number from 1 to 1000; write 10`},
	{"suite: {concurrency: [1, 2, 1]}", `3:29: suite.concurrency[2]: "1" is not new in the list; suite.concurrency[0] is the same, remove one`},
	{"suite: {concurrency: {a: 10}}", `3:22: suite.concurrency: a mapping is not a list of whole numbers; write [1, 10, 50]`},
	{"suite: {body: [1KB, 1024]}", `3:21: suite.body[1]: "1024" is not new in the list; suite.body[0] is the same, remove one`},
	{"suite: {body: [1.5KB]}", `3:16: suite.body[0]: "1.5KB" is not a size from 1B to 64MB; write 10KB`},
	{"suite: {body: [1GB]}", `3:16: suite.body[0]: "1GB" is not a size from 1B to 64MB; write 64MB or less`},
	{"suite: {body: [65MB]}", `3:16: suite.body[0]: "65MB" is not a size from 1B to 64MB; write 64MB or less`},
	{"suite: {body: [9223372036854775807MB]}", `3:16: suite.body[0]: "9223372036854775807MB" is not a size from 1B to 64MB; write 64MB or less`},
	{"suite: {body: [99999999999999999999]}", `3:16: suite.body[0]: "99999999999999999999" is not a size from 1B to 64MB; write 64MB or less`},
	{"suite: {body: [-1]}", `3:16: suite.body[0]: "-1" is not a size from 1B to 64MB; write 1B or more`},
	{"suite: {body: [1XB]}", `3:16: suite.body[0]: "1XB" is not a size from 1B to 64MB; write 10KB`},
	{"suite: {body: [1KB, 50B]}", `3:21: suite.body[1]: 50B is not enough for the request; ` + tooSmall(50)},

	// Mock.
	{"mock: {latency: 20}", `3:17: mock.latency: "20" is not a duration from 0s to 1h; write 20s or 20ms`},
	{"mock: {latency: -1ms}", `3:17: mock.latency: "-1ms" is not a duration from 0s to 1h; write 0s or more`},
	{"mock: {latency: [1ms]}", `3:17: mock.latency: a list is not a duration or a distribution; write 20ms, {normal: {mean: 20ms, sd: 2ms}}, {lognormal: {median: 20ms, sigma: 0.4}} or {quantiles: [1ms, 2ms, 10ms]}`},
	{"mock: {latency: {}}", `3:17: mock.latency: a mapping with 0 keys is not a duration or a distribution; write 20ms, {normal: {mean: 20ms, sd: 2ms}}, {lognormal: {median: 20ms, sigma: 0.4}} or {quantiles: [1ms, 2ms, 10ms]}`},
	{"mock: {latency: {norml: {}}}", `3:18: mock.latency: "norml" is not normal, lognormal or quantiles; did you mean normal?`},
	{"mock: {latency: {normal: 20ms}}", `3:26: mock.latency.normal: "20ms" is not a mapping of its parameters; write {mean: 20ms, sd: 2ms}`},
	{"mock: {latency: {normal: {mean: 20ms}}}", `3:26: mock.latency.normal.sd: missing; write {mean: 20ms, sd: 2ms}`},
	{"mock: {latency: {normal: {mean: 20ms, sd: 2}}}", `3:43: mock.latency.normal.sd: "2" is not a duration from 0s to 1h; write 2s or 2ms`},
	{"mock: {latency: {lognormal: {median: 20ms, sigma: 0.4, mean: 1s}}}", `3:56: mock.latency.lognormal: "mean" is not a parameter of this distribution; write {median: 20ms, sigma: 0.4}`},
	{"mock: {latency: {lognormal: {median: 20ms, sigma: 4}}}", `3:51: mock.latency.lognormal.sigma: "4" is not a number from 0 to 3; write 3 or less`},
	{"mock: {latency: {lognormal: {median: 20ms, sigma: wide}}}", `3:51: mock.latency.lognormal.sigma: "wide" is not a number from 0 to 3; write 0.4`},
	{"mock: {latency: {lognormal: {median: 1m, sigma: 3}}}", `3:17: mock.latency: lognormal(median 1m0s, sigma 3) is not possible; delays can exceed the limit of 1h0m0s`},
	{"mock: {latency: {quantiles: [2ms, 1ms]}}", `3:17: mock.latency: quantiles(2ms, 1ms) is not possible; quantiles must rise`},
	{"mock: {latency: {quantiles: []}}", `3:29: mock.latency.quantiles: an empty list is not a list of durations; write [1ms, 2ms, 10ms]`},
	{"mock: {jitter: some}", `3:16: mock.jitter: "some" is not none or a duration from 0s to 1h; write 20ms`},
	{"mock: {jitter: 1ms}", `3:16: mock.jitter: 1ms is not at most the latency, 0s; lower it, or give mock.latency a distribution`},
	{"mock: {jitter: 1ms, latency: {normal: {mean: 9ms, sd: 1ms}}}", `3:16: mock.jitter: 1ms is not possible on top of the distribution in mock.latency; write jitter: none`},
	{"request: {timeout: 1h}\nmock: {jitter: 20m, latency: 20m}", `4:16: mock.jitter: 20m is not possible; delays can exceed the limit of 1h0m0s`},
	{"mock: {chunks: 0}", `3:16: mock.chunks: "0" is not a whole number from 1 to 1000000; write 1 or more`},
	{"mock: {chunk_size: 27B}", `3:20: mock.chunk_size: "27B" is not a size from 36B to 16MB; write 36B or more`},
	{"mock: {chunk_size: 1MB}", `3:20: mock.chunk_size: 20 × 1MB is not a possible stream; 20 chunks of 1048576 bytes are too large a stream: at most 16777216 bytes of text`},
	{"mock: {answer: 10B}", `3:16: mock.answer: 10B is not a possible size for an answer of responses; write ` + fmt.Sprint(llmapi.MinAnswerBytes(llmapi.Responses)) + `B or more`},
	{"mock: {latency: 10s}", `3:17: mock.latency: a time-out of 10s is not longer than the mock's answer takes; its delays add up to 10 s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks`},
	{"mock: {chunks: 101, chunk_interval: 100ms}\nrequest: {timeout: 9s}", `4:20: request.timeout: a time-out of 9s is not longer than the mock's answer takes; its delays add up to 10 s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks`},
	{"mock: {seed: -1}", `3:14: mock.seed: "-1" is not a whole number from 0 to 18446744073709551615; write 1`},

	// Load.
	{"suite: {answer: [10B]}", `3:18: suite.answer[0]: "10B" is not possible; an answer of 10 bytes is too small for responses: it needs at least ` + fmt.Sprint(llmapi.MinAnswerBytes(llmapi.Responses))},
	{"suite: {answer: [17MB]}", `3:18: suite.answer[0]: "17MB" is not a size from 1B to 16MB; write 16MB or less`},
	{"suite: {chunks: [10, 900000]}", `3:22: suite.chunks[1]: "900000" is not possible; 900000 chunks of 64 bytes are too large a stream: at most 16777216 bytes of text`},
	{"suite: {chunks: [10, 5000]}\nmock: {chunk_interval: 10ms}", `4:24: mock.chunk_interval: a time-out of 10s is not longer than the mock's answer takes; its delays add up to 49.99 s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks`},
	{"suite: {answer: [1KB]}\ngate: {thresholds: {sse/*/x: 10%}}", `4:21: gate.thresholds: "sse/*/x" is not a scenario of the suite; they are named as json/c1/100B/answer=1KB, and a * stands for one part of four`},
	{"load: {payload: {bare: 60%, tools: 25%}}", `3:17: load.payload: a sum of 85% is not 100%; let the shares make all requests together`},
	{"load: {payload: {bare: 0%}}", `3:17: load.payload: a sum of 0% is not 100%; let the shares make all requests together`},
	{"load: {payload: {turn: 100%}}", `3:18: load.payload: "turn" is not bare, tools or turns; did you mean turns?`},
	{"load: {payload: {}}", `3:17: load.payload: an empty mapping is not a mapping of payloads to shares; write {bare: 60%, tools: 25%, turns: 15%}, or leave it out`},
	{"load: {payload: {bare: 100}}", `3:24: load.payload.bare: "100" is not a share from 0% to 100%; write 100%`},
	{"load: {fail: {404: 1%}}", `3:15: load.fail: "404" is not 429, 500 or cut; write one of them`},
	{"load: {fail: {429: 0.1%}}", `3:20: load.fail.429: "0.1%" is not a share from 0.5% to 50%; write 0.5% or more`},
	{"load: {fail: {429: 30%, cut: 30%}}", `3:14: load.fail: a sum of 60% is not at most 50%; what succeeds is what is measured, lower them`},
	{"load: {slow: 5%}", `3:14: load.slow: "5%" is not a mapping of its parameters; write {share: 5%, latency: 300ms}`},
	{"load: {slow: {share: 5%}}", `3:14: load.slow.latency: missing; write {share: 5%, latency: 300ms}`},
	{"load: {slow: {share: 5%, latency: 11s}}", `3:14: load.slow: a time-out of 10s is not longer than the mock's answer takes; its delays add up to 11 s, raise request.timeout or lower mock.latency, first_event, chunk_interval or chunks`},
	{"load: {body: [1KB]}", `3:14: load.body: a list is not a size or a distribution; write 4KB, {normal: {mean: 4KB, sd: 1KB}}, {lognormal: {median: 4KB, sigma: 0.4}} or {quantiles: [1KB, 4KB, 64KB]}`},
	{"load: {body: {lognormal: {median: 4MB, sigma: 1}}}", `3:14: load.body: lognormal(median 4194304, sigma 1) is not possible; draws can exceed the limit of 67108864`},
	{"load: {body: {quantiles: [4KB, 1KB]}}", `3:14: load.body: quantiles(4096, 1024) is not possible; quantiles must rise`},
	{"load: {body: 2MB}", `3:14: load.body: the mix is not possible; the 200 requests of the mix have more than 268435456 bytes together; lower the sizes`},
	{"load: {chunks: {normal: {mean: 20}}}", `3:25: load.chunks.normal.sd: missing; write {mean: 20, sd: 5}`},
	{"load: {body: 4KB, trace: a.jsonl}", `3:14: load.body: load.body is not possible together with load.trace; a trace says all that of its requests, leave one of the two out`},
	{"load: {body: 4KB}\nsuite: {body: [1KB]}", `3:14: load.body: load.body is not possible together with suite.body; leave one of the two out`},
	{"load: {chunks: 4}\nsuite: {chunks: [10]}", `3:16: load.chunks: load.chunks is not possible together with suite.chunks; leave one of the two out; load.chunks has several sizes in one scenario`},
	{"load: {trace: /a.jsonl}", `3:15: load.trace: "/a.jsonl" is not a path in the repository; write it relative to the repository, such as bench/chat.jsonl`},
	{"load: {trace: a, rate: 3}", `3:18: load: "rate" is not a key here; there are payload, body, answer, chunks, fail, slow, trace, seed`},

	// Measure.
	{"measure: {rounds: many}", `3:19: measure.rounds: "many" is not auto or a whole number from 1 to 1000; write 20`},
	{"measure: {rounds: }", `3:19: measure.rounds: an empty value is not auto or a whole number from 1 to 1000; write 20`},
	{"measure: {rounds: 6}", `3:19: measure.rounds: 6 is not enough rounds for gate.alpha 0.01; their smallest possible p is 0.015625, write 7 or more, or auto`},
	{"measure: {time_budget: 1ms}", `3:24: measure.time_budget: "1ms" is not a duration from 1s to 6h; write 1s or more`},
	{"measure: {time_budget: soon}", `3:24: measure.time_budget: "soon" is not a duration from 1s to 6h; write 4m`},

	// Gate.
	{"gate: {alpha: 0}", `3:15: gate.alpha: "0" is not a share from 0.01% to 20%; write 0.01% or more`},
	{"gate: {alpha: .nan}", `3:15: gate.alpha: ".nan" is not a share from 0.01% to 20%; write 0.01`},
	{"gate: {instructions: offf}", `3:22: gate.instructions: "offf" is not report, off or a share from 0.1% to 1000%; write 10%`},
	{"gate: {threshold: 10}", `3:19: gate.threshold: "10" is not a share from 0.1% to 1000%; write 10%`},
	{"gate: {threshold: -5%}", `3:19: gate.threshold: "-5%" is not a share from 0.1% to 1000%; write 0.1% or more`},
	{"gate: {floor: 5}", `3:15: gate.floor: "5" is not a duration from 0s to 1s; write 5ms`},
	{"gate: {thresholds: [10%]}", `3:20: gate.thresholds: a list is not a mapping of metrics and scenarios to shares; write {"latency_typical json/*/*": 20%}`},
	{"gate: {thresholds: {latency_p51: 10%}}", `3:21: gate.thresholds: "latency_p51" is not a metric; write one of run.json, such as latency_typical or first_event_p95`},
	{"gate: {thresholds: {gap_p50: 10%}}", `3:21: gate.thresholds: gap_p50 is not a metric with a better direction; remove it`},
	{"gate: {thresholds: {latency_p99: 10%}}", `3:21: gate.thresholds: latency_p99 is not a metric that can be gated; it is only shown, remove it`},
	{"suite: {modes: [sse]}\ngate: {thresholds: {latency_p50: 10%}}", `4:21: gate.thresholds: latency_p50 is not a metric of any scenario of the suite; JSON answers have a latency, streams a first_event and a total`},
	{"gate: {thresholds: {latency_p50: 10}}", `3:34: gate.thresholds.latency_p50: "10" is not a share from 0.1% to 1000%; write 10%`},
	{"gate: {thresholds: {sse/c9/*: 10%}}", `3:21: gate.thresholds: "sse/c9/*" is not a scenario of the suite; they are named as json/c1/100B, and a * stands for one part of three`},
	{"gate: {thresholds: {sse/*: 10%}}", `3:21: gate.thresholds: "sse/*" is not a scenario of the suite; they are named as json/c1/100B, and a * stands for one part of three`},
	{"gate: {thresholds: {'sse/[': 10%}}", `3:21: gate.thresholds: "sse/[" is not a metric, a scenario or both; its brackets do not close, or a backslash ends it`},
	{"gate: {thresholds: {a b sse/*/*: 10%}}", `3:21: gate.thresholds: "a b sse/*/*" is not a metric, a scenario or both; write "first_event_p50 sse/c50/*"`},
	{"gate: {thresholds: {'': 10%}}", `3:21: gate.thresholds: "" is not a metric, a scenario or both; write "first_event_p50 sse/c50/*"`},
	{"gate: {fail_on: always}", `3:17: gate.fail_on[0]: "always" is not regression, inconclusive, no-baseline or never; write one of them`},
	{"gate: {fail_on: [regresion]}", `3:18: gate.fail_on[0]: "regresion" is not regression, inconclusive, no-baseline or never; did you mean regression?`},
	{"gate: {fail_on: [never, regression]}", `3:17: gate.fail_on: never with others is not possible; write [never], or leave it out`},
	{"gate: {fail_on: [inconclusive, no-baseline]}", `3:17: gate.fail_on: inconclusive, no-baseline alone is not possible; a regression would pass, write [regression, inconclusive, no-baseline]`},
	{"gate: {fail_on: [inconclusive]}", `3:17: gate.fail_on: inconclusive alone is not possible; a regression would pass, write [regression, inconclusive]`},
}

// tooSmall is what llmapi says of a body with the default settings.
func tooSmall(size int) string {
	_, err := llmapi.RequestBody(llmapi.Responses, llmapi.Ask{Mode: bench.JSON, Size: size, Extra: newDraft().config.Request.Extra})
	return fmt.Sprint(err)
}

func TestMistakesInSettings(t *testing.T) {
	for _, c := range mistaken {
		_, err := Load(ForGating, Sources{Name: "f", File: []byte(header + c.settings + "\n")})
		if got, want := fmt.Sprint(err), "f:"+c.want; got != want {
			t.Errorf("%s\n got %s\nwant %s", c.settings, got, want)
		}
	}
}

const missingStart = `gateway.start: missing, must be the shell line that starts the gateway; write start: ./my-gateway --port "$PORT" --upstream "$UPSTREAM_URL"`

// mistakenFiles are whole files.
var mistakenFiles = []struct{ file, want string }{
	{"", `f:1:1: ` + missingStart},
	{"# only a remark\n", `f:1:1: ` + missingStart},
	{"---\n", `f:1:1: ` + missingStart},
	{"version: 1\ngateway: {build: make}\n", `f:2:1: ` + missingStart},
	{"gateway: {start: ./gw}\n", `f:1:1: version: missing, must be 1, the version of this format; write version: 1`},
	{"version: 2\ngateway: {start: ./gw}\n", `f:1:10: version: "2" is not 1, the version of this format; use a newer proxy-bench, or write version: 1`},
	{"version: v1\ngateway: {start: ./gw}\n", `f:1:10: version: "v1" is not 1, the version of this format; write version: 1`},
	{"version: 1\ngateway: {start: ' '}\n", `f:2:18: gateway.start: blank text is not the shell line that starts the gateway; write ` + startExample},
	{"version: 1\ngateway: {start: true}\n", `f:2:18: gateway.start: "true" is not text; put it in quotes: "true"`},
	{"version: 1\ngateway: {start: \"a\\0\"}\n", `f:2:18: gateway.start: "a\x00" is not possible with a NUL character in it; remove the \0`},
	{"version: 1\ngateway:\n  start: ./gw\n  env: {A B: 1, PORT: 3, X: ~}\n", `f:4:9: gateway.env: "A B" is not the name of a variable; use letters, digits and _
f:4:17: gateway.env: "PORT" is not yours to set; proxy-bench sets it for the gateway
f:4:29: gateway.env.X: an empty value is not text; write "" for an empty variable`},
	{"version: 1\ngateway:\n  start: ./gw\n  ready: {path: health, timeout: 0}\n", `f:4:17: gateway.ready.path: "health" is not the path of a URL; begin it with a slash: /health
f:4:34: gateway.ready.timeout: "0" is not a duration from 1s to 1h; write 1s or more`},
	{"version: 1\ngateway:\n  start: ./gw\n  ready: {path: /é}\n", `f:4:17: gateway.ready.path: "/é" is not the path of a URL; write spaces and letters beyond ASCII as %20 and the like`},
	{"version: 1\ngateway:\n  start: ./gw\n  bundle: [/abs, a/../../b, ., a, ./a]\n", `f:4:12: gateway.bundle[0]: "/abs" is not a path in the repository; write it relative to the repository, such as target/release/my-gateway
f:4:18: gateway.bundle[1]: "a/../../b" is not a path in the repository; write it relative to the repository, such as target/release/my-gateway
f:4:29: gateway.bundle[2]: "." is not a path in the repository; write it relative to the repository, such as target/release/my-gateway
f:4:35: gateway.bundle[4]: "./a" is not new in the list; gateway.bundle[3] is the same, remove one`},
	{"version: 1\ngateway: {start: ./gw, redy: {}}\nsuite: {body: [1q]}\nmeasure: {rounds: 3}\n", `f:2:24: gateway: "redy" is not a key here; did you mean ready?
f:3:16: suite.body[0]: "1q" is not a size from 1B to 64MB; write 10KB
f:4:19: measure.rounds: 3 is not enough rounds for gate.alpha 0.01; their smallest possible p is 0.125, write 7 or more, or auto`},

	{"version: 1\ngateway: {start: ./gw}\ngate: {alpha: 2, thresholds: {latency_p99: 10%, sse/c1: 5%}}\n", `f:3:15: gate.alpha: "2" is not a share from 0.01% to 20%; write 2%
f:3:31: gate.thresholds: latency_p99 is not a metric that can be gated; it is only shown, remove it
f:3:49: gate.thresholds: "sse/c1" is not a scenario of the suite; they are named as json/c1/100B, and a * stands for one part of three`},

	// Not YAML, or not one document of settings.
	{"- a\n", "f:1:1: a list is not a mapping of settings; indent its settings below it, or remove the key\nf:1:1: " + missingStart},
	{"just words\n", `f:1:1: "just words" is not a mapping of settings; indent its settings below it, or remove the key` + "\nf:1:1: " + missingStart},
	{"verson: 1\n", "f:1:1: \"verson\" is not a key here; did you mean version?\nf:1:1: version: missing, must be 1, the version of this format; write version: 1\nf:1:1: " + missingStart},
	{"version: 1\ngateway: {start: a: b}\n", `f:2: the file is not YAML; did not find expected ',' or '}' (close every { and [, and quote a value that has ": " in it)`},
	{"version: [1,\n", `f:1: the file is not YAML; did not find expected node content (close every { and [)`},
	{"version: 1\ngateway:\n  start: echo a: b\n", `f:3: the file is not YAML; mapping values are not allowed in this context (quote a value that has ": " in it, and check the indentation)`},
	{"version: 1\ngateway:\n\tstart: x\n", "f:3: the file is not YAML; found character that cannot start any token (indent with spaces, and quote a value that begins with @, ` or %)"},
	{"version: 1\nmock: *x\n", `f:2: the file is not YAML; anchors and aliases are not supported, write the value out`},
	{header + "---\n" + header, `f:3:1: a second document is not read; keep one, without --- between`},
	{header + "...\nmore\n", `f:4: the file is not YAML; did not find expected <document start>`},
	{"version: 1\nmock: \xff\n", `f:2:7: a byte that is not UTF-8 is not text; save the file as UTF-8 without control characters`},
	{"é\x00", `f:1:2: the control character '\x00' is not text; save the file as UTF-8 without control characters`},
	{"#" + strings.Repeat("x", Limit), `f:1:1: a file of 1048577 bytes is not short enough; keep it under 1048576`},
}

func TestMistakesInFiles(t *testing.T) {
	for _, c := range mistakenFiles {
		_, err := Load(ForGating, Sources{Name: "f", File: []byte(c.file)})
		if got := fmt.Sprint(err); got != c.want {
			t.Errorf("%.200q\n got %s\nwant %s", c.file, got, c.want)
		}
	}
}

func TestMistakesInOverridesNameTheirOrigin(t *testing.T) {
	for _, c := range []struct {
		override Override
		want     string
	}{
		{Override{"measure.time_budget", "0", "--time-budget"}, `--time-budget: "0" is not a duration from 1s to 6h; write 1s or more`},
		{Override{"suite.concurrency", "1,ten", "INPUT_CONCURRENCY"}, `INPUT_CONCURRENCY: "ten" is not a whole number from 1 to 1000; write 10`},
		{Override{"suite.body", " , ", "--body"}, `--body: an empty list is not a list of sizes; write [100B, 1KB, 10KB]`},
		{Override{"suite.body", "1KB,10B", "--body"}, `--body: 10B is not enough for the request; ` + tooSmall(10)},
		{Override{"gateway.start", "", "--start"}, `--start: blank text is not the shell line that starts the gateway; write ` + startExample},
		{Override{"measure.rounds", "4", "--rounds"}, `--rounds: 4 is not enough rounds for gate.alpha 0.01; their smallest possible p is 0.0625, write 7 or more, or auto`},
		{Override{"gate.fail_on", "inconclusive", "INPUT_FAIL-ON"}, `INPUT_FAIL-ON: inconclusive alone is not possible; a regression would pass, write [regression, inconclusive]`},
		{Override{"gate.nonsense", "1", "--nonsense"}, `--nonsense: "gate.nonsense" is not a setting; there is no such path in the file's format`},
	} {
		_, err := Load(ForGating, sources("f", header, c.override))
		if got := fmt.Sprint(err); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.override, got, c.want)
		}
	}
}

func TestMistakesComeInOrder(t *testing.T) {
	_, err := Load(ForGating, sources(fileName, "",
		Override{"measure.rounds", "some", "--rounds"}, Override{"gate.alpha", "2", "--alpha"},
	))
	want := `--rounds: "some" is not auto or a whole number from 1 to 1000; write 20
--alpha: "2" is not a share from 0.01% to 20%; write 2%
gateway.start: missing, must be the shell line that starts the gateway; there is no .proxy-bench.yml in this directory: go to the root of the gateway's repository, have proxy-bench init write one, or write gateway: {` + startExample + `}`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestManyMistakesAreCutShort(t *testing.T) {
	_, err := Load(ForGating, Sources{Name: "f", File: []byte(header + "suite: {concurrency: [" + strings.Repeat("x,", 1000) + "x]}\n")})
	var all Error
	if !errors.As(err, &all) || len(all) != 1001 {
		t.Fatalf("%d mistakes, want 1001", len(all))
	}
	lines := strings.Split(err.Error(), "\n")
	if last := lines[len(lines)-1]; len(lines) != 51 || last != "and 951 more mistakes" {
		t.Errorf("%d lines, the last one %q", len(lines), last)
	}
}

func TestOutsideTextIsShortAndOnOneLine(t *testing.T) {
	_, err := Load(ForGating, Sources{Name: "f", File: []byte(header + `mock: {seed: "` + strings.Repeat("a", 100) + `\n::error::x\e[31m\u202e"}`)})
	want := `f:3:14: mock.seed: "` + strings.Repeat("a", 60) + `…" is not a whole number from 0 to 18446744073709551615; write 1`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, err = Load(ForGating, Sources{Name: "f", File: []byte(header + `mock: {"\n::error::\e[31m\u202e": 1}`)})
	want = `f:3:8: mock: "\n::error::\x1b[31m\u202e" is not a key here; there are latency, jitter, first_event, chunks, chunk_interval, chunk_size, answer, seed`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
