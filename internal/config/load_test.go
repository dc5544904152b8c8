package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/workload"
)

const (
	fileName = ".proxy-bench.yml"
	header   = "version: 1\ngateway: {start: ./gw}\n"
)

// sources are a file, if its text is not empty, and overrides.
func sources(name, file string, overrides ...Override) Sources {
	s := Sources{Name: name, Overrides: overrides}
	if file != "" {
		s.File = []byte(file)
	}
	return s
}

func mustLoad(t *testing.T, file string, overrides ...Override) Config {
	t.Helper()
	c, err := Load(ForGating, sources(fileName, file, overrides...))
	if err != nil {
		t.Fatalf("%s\n%v", file, err)
	}
	return c
}

const example = `version: 1
gateway:
  build: cargo build --locked --release -p agentic-server      # sh -c, in the repository
  start: target/release/agentic-server --llm-api-base "$UPSTREAM_URL" --gateway-port "$PORT"
  env: {OPENAI_API_KEY: mock, RETRIES: 010}
  ready: {path: /health, timeout: 90s}
  bundle: [target/release/agentic-server, ./config/]
request:
  api: chat
  extra: {store: false, n: 1, temperature: 0.5, user: 2026-01-01, stop: [a, ~], metadata: {a: {b: "true"}}}
  timeout: 20s
suite:
  modes: [sse, json]
  concurrency: [50, 1]
  body: [10KB, 250]
mock: {latency: 20ms, jitter: 2ms, first_event: {lognormal: {median: 5ms, sigma: 0.4}}, chunks: 30, chunk_interval: {quantiles: [1ms, 2ms, 10ms]}, chunk_size: 100, answer: 2KB, seed: 18446744073709551615}
measure: {rounds: 20, time_budget: 1h30m, seed: 7}
gate:
  alpha: 1%
  threshold: 0.05
  floor: 0
  thresholds: {"first_event_p50 sse/c50/*": 20%, json/*/*: 15%, cpu_per_request: 0.125}
  behaviour: report
  instructions: 7.5%
  behaviours: {asks-twice: off, answered-without-backend: fail}
  fail_on: [regression, inconclusive]
`

func TestLoadResolvesEveryValue(t *testing.T) {
	const ms = time.Millisecond
	want := Config{
		Gateway: bench.Recipe{
			Build:  "cargo build --locked --release -p agentic-server",
			Start:  `target/release/agentic-server --llm-api-base "$UPSTREAM_URL" --gateway-port "$PORT"`,
			Env:    map[string]string{"OPENAI_API_KEY": "mock", "RETRIES": "010"},
			Ready:  bench.Ready{Path: "/health", Timeout: 90},
			Bundle: []string{"target/release/agentic-server", "config"},
		},
		Request: Request{
			API: llmapi.Chat,
			Extra: map[string]any{
				"store": false, "n": 1, "temperature": 0.5, "user": "2026-01-01",
				"stop": []any{"a", nil}, "metadata": map[string]any{"a": map[string]any{"b": "true"}},
			},
			Timeout: 20 * time.Second,
		},
		Suite: Suite{
			Modes:       []bench.Mode{bench.SSE, bench.JSON},
			Concurrency: []int{50, 1},
			Body:        []bench.Size{10240, 250},
		},
		Mock: Mock{
			Latency:       pace.Normal(20*ms, 2*ms),
			FirstEvent:    pace.Lognormal(5*ms, 0.4),
			ChunkInterval: pace.Quantiles([]time.Duration{ms, 2 * ms, 10 * ms}),
			Shape:         llmapi.Shape{AnswerBytes: 2048, Chunks: 30, ChunkBytes: 100},
			Seed:          1<<64 - 1,
		},
		Measure: Measure{Rounds: 20, TimeBudget: 90 * time.Minute, Seed: 7, ShardBy: bench.ByPairs},
		Gate: Gate{
			Policy: bench.Policy{
				Alpha: 0.01, Threshold: 0.05,
				Thresholds: []bench.Threshold{
					{Pattern: "first_event_p50 sse/c50/*", Metric: bench.FirstEventP50, Scenario: "sse/c50/*", Share: 0.2},
					{Pattern: "json/*/*", Scenario: "json/*/*", Share: 0.15},
					{Pattern: "cpu_per_request", Metric: bench.CPUPerRequest, Share: 0.125},
				},
				Behaviour: bench.BehaviourReported,
				Work:      bench.WorkRule{Rule: bench.BehaviourFails, Limit: 0.075},
				Behaviours: map[bench.BehaviourName]bench.BehaviourRule{
					"asks-twice": bench.BehaviourOff, "answered-without-backend": bench.BehaviourFails,
				},
			},
			FailOn: []bench.Outcome{bench.Regression, bench.Inconclusive},
		},
		Load: workload.Load{Seed: 1},
	}
	if got := mustLoad(t, example); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// documented is the example of the documentation: a gateway, and every default
// written out but for one threshold.
const documented = `version: 1
gateway:
  build: cargo build --locked --release -p agentic-server      # sh -c, in the repository; optional with bundle
  start: target/release/agentic-server --llm-api-base "$UPSTREAM_URL" --gateway-host 127.0.0.1 --gateway-port "$PORT" --skip-llm-ready-check
  env: {OPENAI_API_KEY: mock}
  ready: {path: /health, timeout: 60s}
  bundle: [target/release/agentic-server]                      # what must travel in the baseline to run it again
request:
  api: responses            # responses | chat | messages; sets path, body shape and SSE grammar
  extra: {store: false}     # merged into every body
  timeout: 10s
suite:
  modes: [json, sse]
  concurrency: [1, 10, 50]
  body: [100B, 1KB, 10KB, 100KB]
mock: {latency: 0ms, jitter: none, first_event: 0, chunks: 20, chunk_interval: 0ms, chunk_size: 64B, answer: 1KB, seed: 1}
measure: {rounds: auto, time_budget: 4m, seed: 1}
gate:
  alpha: 0.01
  threshold: 10%            # of overhead; per metric and per scenario glob below
  floor: 5us
  thresholds: {"first_event_p50 sse/c50/*": 20%}
  fail_on: [regression]     # regression, inconclusive
`

func TestDocumentedExampleIsTheDefaultsWrittenOut(t *testing.T) {
	want := newDraft().config
	want.Suite.Paced = true
	want.Gateway = bench.Recipe{
		Build:  "cargo build --locked --release -p agentic-server",
		Start:  `target/release/agentic-server --llm-api-base "$UPSTREAM_URL" --gateway-host 127.0.0.1 --gateway-port "$PORT" --skip-llm-ready-check`,
		Env:    map[string]string{"OPENAI_API_KEY": "mock"},
		Ready:  bench.Ready{Path: "/health", Timeout: 60},
		Bundle: []string{"target/release/agentic-server"},
	}
	want.Gate.Thresholds = []bench.Threshold{
		{Pattern: "first_event_p50 sse/c50/*", Metric: bench.FirstEventP50, Scenario: "sse/c50/*", Share: 0.2},
	}
	if got := mustLoad(t, documented); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReferenceGatewaysFileLoads(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "gateways", "reference", "proxy-bench.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if c := mustLoad(t, string(data)); c.Gateway.Start == "" || len(c.Scenarios()) != 26 {
		t.Errorf("got %+v", c)
	}
}

func TestDefaultsHoldWhereNothingIsSaid(t *testing.T) {
	want := newDraft().config
	want.Gateway.Start, want.Suite.Paced = "./gw", true
	start := Override{"gateway.start", "./gw", "--start"}
	for name, got := range map[string]Config{
		"no file":       mustLoad(t, "", start),
		"only a remark": mustLoad(t, "# nothing yet\n", start),
		"only a start":  mustLoad(t, header),
		"byte order mark, CRLF": mustLoad(t,
			"\uFEFF"+strings.ReplaceAll(header, "\n", "\r\n")),
	} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v\nwant %+v", name, got, want)
		}
	}
	if c := mustLoad(t, header+"request: {api: messages}\n"); c.Request.Extra != nil {
		t.Errorf("the default extra of the Responses API is there for messages: %v", c.Request.Extra)
	}
	if c := mustLoad(t, header+"gate: {fail_on: [never]}\n"); len(c.Gate.FailOn) != 0 {
		t.Errorf("fails on %v, want never", c.Gate.FailOn)
	}
}

// TestPrecedence: default, then what was saved, then the file, then inputs, then flags.
func TestPrecedence(t *testing.T) {
	file := header + "measure: {time_budget: 2m}\ngate: {alpha: 2%}\n"
	saved := &bench.Policy{Alpha: 0.03, Threshold: 0.20}
	input := Override{"measure.time_budget", "3m", "input time-budget"}
	flag := Override{"measure.time_budget", "5m", "--time-budget"}
	alpha := Override{"gate.alpha", "5%", "--alpha"}
	for _, c := range []struct {
		name             string
		from             Sources
		budget           time.Duration
		alpha, threshold float64
	}{
		{"defaults", sources("", ""), 4 * time.Minute, 0.01, 0.10},
		{"file over defaults", sources("", file), 2 * time.Minute, 0.02, 0.10},
		{"input over file", sources("", file, input), 3 * time.Minute, 0.02, 0.10},
		{"flag over input", sources("", file, input, flag), 5 * time.Minute, 0.02, 0.10},
		{"flag over default", sources("", header, flag), 5 * time.Minute, 0.01, 0.10},
		{"flag without file", sources("", "", flag), 5 * time.Minute, 0.01, 0.10},
		{"quick over file", sources("", file, Quick()...), 30 * time.Second, 0.02, 0.10},
		{"flag over quick", sources("", file, append(Quick(), flag)...), 5 * time.Minute, 0.02, 0.10},
		{"saved over defaults", Sources{Saved: saved}, 4 * time.Minute, 0.03, 0.20},
		{"file over saved", Sources{Saved: saved, File: []byte(file)}, 2 * time.Minute, 0.02, 0.20},
		{"flag over saved", Sources{Saved: saved, Overrides: []Override{alpha}}, 4 * time.Minute, 0.05, 0.20},
		{"flag over file over saved", Sources{Saved: saved, File: []byte(file), Overrides: []Override{alpha}}, 2 * time.Minute, 0.05, 0.20},
	} {
		got, err := Load(ForDeciding, c.from)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got.Measure.TimeBudget != c.budget || got.Gate.Alpha != c.alpha || got.Gate.Threshold != c.threshold {
			t.Errorf("%s: got %v, alpha %v, threshold %v, want %v, %v, %v", c.name,
				got.Measure.TimeBudget, got.Gate.Alpha, got.Gate.Threshold, c.budget, c.alpha, c.threshold)
		}
	}
}

// TestQuickSuite: a quick look is at few scenarios, unless the file or a flag says which.
func TestQuickSuite(t *testing.T) {
	for _, c := range []struct {
		file      string
		overrides []Override
		want      string
	}{
		{"", nil, "json/c1/1KB json/c10/1KB sse/c1/1KB sse/c10/1KB"},
		{"suite: {modes: [json]}", nil, "json/c1/1KB json/c10/1KB"},
		{"suite: {concurrency: [5], body: [10KB]}", nil, "json/c5/10KB sse/c5/10KB"},
		{"", []Override{{"suite.body", "100KB", "--body"}}, "json/c1/100KB json/c10/100KB sse/c1/100KB sse/c10/100KB"},
	} {
		cfg, err := Load(ForMock, Sources{Name: "f.yml", File: []byte("version: 1\n" + c.file + "\n"), Overrides: append(Quick(), c.overrides...)})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		var ids []string
		for _, s := range cfg.Scenarios() {
			ids = append(ids, s.ID())
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.file, got, c.want)
		}
	}
}

// TestPurpose: only what is measured needs a gateway, and only what is decided
// from its rounds needs enough of them.
func TestPurpose(t *testing.T) {
	const few = "version: 1\nmeasure: {rounds: 2}\n"
	for _, c := range []struct {
		purpose Purpose
		file    string
		good    bool
	}{
		{ForMock, few, true},
		{ForDeciding, few, true},
		{ForMeasuring, few, false},
		{ForMeasuring, few + "gateway: {start: ./gw}\n", true},
		{ForGating, few + "gateway: {start: ./gw}\n", false},
		{ForGating, header, true},
	} {
		if _, err := Load(c.purpose, sources("f", c.file)); (err == nil) != c.good {
			t.Errorf("purpose %v, %q: %v", c.purpose, c.file, err)
		}
	}
}

func TestMistakesOfASavedPolicy(t *testing.T) {
	saved := bench.DefaultPolicy()
	saved.Alpha, saved.Thresholds = 2, []bench.Threshold{{Pattern: "x", Metric: "x", Share: 0.1}}
	_, err := Load(ForDeciding, Sources{Saved: &saved})
	want := "the saved policy: 2 is not a number from 0.0001 to 0.2; correct the policy\n" +
		`the saved policy: "x" is not a metric; write one of run.json, such as latency_typical or first_event_p95`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}

// What can be overridden, with a value that is not the default, as the file and
// as a flag has it.
var overridable = map[string][2]string{
	"gateway.build":         {"make", "make"},
	"gateway.start":         {`"./other #1: x"`, "./other #1: x"},
	"gateway.ready.path":    {"/up", "/up"},
	"gateway.ready.timeout": {"3s", "3s"},
	"gateway.bundle":        {"[a, b c]", "a\nb c\n"},
	"request.api":           {"chat", "chat"},
	"request.path":          {"/x/v1", "/x/v1"},
	"request.query":         {"a=b&c", "a=b&c"},
	"request.model":         {"gpt-5", "gpt-5"},
	"request.headers":       {"{Authorization: Bearer $KEY, X-Two: 'a: b'}", "Authorization: Bearer $KEY\nX-Two: a: b\n"},
	"request.timeout":       {"3s", "3s"},
	"suite.modes":           {"[sse]", "sse"},
	"suite.concurrency":     {"[2, 3]", "2, 3"},
	"suite.body":            {"[1MB, 300]", "1MB,300"},
	"suite.answer":          {"[1KB, 1MB]", "1KB,1MB"},
	"suite.chunks":          {"[10, 2000]", "10,2000"},
	"load.body":             {"4KB", "4KB"},
	"load.answer":           {"4KB", "4KB"},
	"load.chunks":           {"200", "200"},
	"load.trace":            {"a.jsonl", "a.jsonl"},
	"load.seed":             {"3", "3"},
	"mock.latency":          {"1ms", "1ms"},
	"mock.first_event":      {"1ms", "1ms"},
	"mock.chunks":           {"3", "3"},
	"mock.chunk_interval":   {"1ms", "1ms"},
	"mock.chunk_size":       {"80B", "80"},
	"mock.answer":           {"3KB", "3072"},
	"mock.seed":             {"3", "3"},
	"measure.rounds":        {"30", "30"},
	"measure.time_budget":   {"30s", "30s"},
	"measure.seed":          {"3", "3"},
	"measure.same":          {"true", "true"},
	"measure.shard":         {"2/3", "2/3"},
	"measure.shard_by":      {"scenarios", "scenarios"},
	"suite.paced":           {"off", "off"},
	"gate.alpha":            {"0.05", "5%"},
	"gate.threshold":        {"20%", "0.2"},
	"gate.floor":            {"10us", "10us"},
	"gate.behaviour":        {"report", "report"},
	"gate.instructions":     {"20%", "0.2"},
	"gate.fail_on":          {"[regression, inconclusive]", "regression,inconclusive"},
}

func TestOverridesReadLikeTheFile(t *testing.T) {
	onlyInFile := []string{"version", "gateway.env", "request.extra", "gate.thresholds", "gate.behaviours", "mock.jitter", "load.payload", "load.fail", "load.slow"}
	for _, f := range newDraft().table {
		text, ok := overridable[f.path]
		if !ok {
			if !slices.Contains(onlyInFile, f.path) {
				t.Errorf("%s is not tested", f.path)
			}
			continue
		}
		nested, closing := "", ""
		for key := range strings.SplitSeq(f.path, ".") {
			nested += key + ": {"
			closing += "}"
		}
		file := "version: 1\n" + strings.TrimSuffix(nested, "{") + text[0] + closing[1:] + "\n"
		start := Override{"gateway.start", "./gw", "--start"}
		flag := Override{f.path, text[1], "--flag"}
		plain := mustLoad(t, "", start)
		fromFlag := mustLoad(t, "", start, flag)
		overrides := []Override{start}
		if f.path == "gateway.start" {
			overrides = nil
		}
		fromFile := mustLoad(t, file, overrides...)
		if !reflect.DeepEqual(fromFile, fromFlag) {
			t.Errorf("%s: file %+v\nflag %+v", f.path, fromFile, fromFlag)
		}
		if reflect.DeepEqual(plain, fromFlag) {
			t.Errorf("%s: %s changes nothing", f.path, text[1])
		}
	}
}

func TestScenariosComeInTheOrderConfigured(t *testing.T) {
	c := mustLoad(t, header+"suite: {modes: [sse, json], concurrency: [10, 1], body: [1KB, 200B]}\n")
	var ids []string
	for _, s := range c.Scenarios() {
		ids = append(ids, s.ID())
	}
	want := "sse/c10/1KB sse/c10/200B sse/c1/1KB sse/c1/200B json/c10/1KB json/c10/200B json/c1/1KB json/c1/200B"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func ids(c Config) string {
	var all []string
	for _, s := range c.Scenarios() {
		all = append(all, s.ID())
	}
	return strings.Join(all, " ")
}

func TestAnswersAreADimensionOfTheirMode(t *testing.T) {
	c := mustLoad(t, header+"suite: {concurrency: [1], body: [1KB, 200B], answer: [1KB, 1MB], chunks: [10, 2000]}\n"+
		"gate: {thresholds: {json/*/*/answer=1MB: 20%, sse/*/*/chunks=10: 20%}}\n")
	want := "json/c1/1KB/answer=1KB json/c1/1KB/answer=1MB json/c1/200B/answer=1KB json/c1/200B/answer=1MB " +
		"sse/c1/1KB/chunks=10 sse/c1/1KB/chunks=2000 sse/c1/200B/chunks=10 sse/c1/200B/chunks=2000"
	if got := ids(c); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c = mustLoad(t, header+"suite: {concurrency: [1], body: [1KB], chunks: [10]}\n")
	if got, want := ids(c), "json/c1/1KB sse/c1/1KB/chunks=10"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAMixIsOneCell(t *testing.T) {
	c := mustLoad(t, header+`suite: {concurrency: [1, 10]}
load:
  payload: {bare: 60%, tools: 25%, turns: 15%}
  body: {lognormal: {median: 4KB, sigma: 1}}
  answer: {quantiles: [1KB, 4KB, 64KB]}
  chunks: {normal: {mean: 20, sd: 5}}
  fail: {429: 1%, 500: 0.5%, cut: 0.5%}
  slow: {share: 5%, latency: 300ms}
  seed: 7
gate: {thresholds: {sse/*/mix: 20%}}
`)
	if got, want := ids(c), "json/c1/mix json/c10/mix sse/c1/mix sse/c10/mix"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want := workload.Load{
		Payload: map[llmapi.Payload]float64{llmapi.Bare: 0.6, llmapi.Tools: 0.25, llmapi.Turns: 0.15},
		Body:    pace.Counts(pace.Lognormal(4096, 1)),
		Answer:  pace.Counts(pace.Quantiles([]time.Duration{1024, 4096, 65536})),
		Chunks:  pace.Counts(pace.Normal(20, 5)),
		Fail:    map[llmapi.Failure]float64{llmapi.RateLimited: 0.01, llmapi.ServerError: 0.005, llmapi.Cut: 0.005},
		Slow:    workload.Slow{Share: 0.05, Latency: 300 * time.Millisecond},
		Seed:    7,
	}
	if !reflect.DeepEqual(c.Load, want) {
		t.Errorf("got  %+v\nwant %+v", c.Load, want)
	}
	if got := ids(mustLoad(t, header+"load: {seed: 3, trace: a/../b.jsonl}\n")); strings.Contains(got, "mix") {
		t.Errorf("a trace makes a mix of the suite: %s", got)
	}
}

func TestThresholdsOfANarrowedSuiteStay(t *testing.T) {
	file := header + "gate: {thresholds: {sse/*/*: 20%}}\n"
	c := mustLoad(t, file, Override{"suite.modes", "json", "--modes"})
	if len(c.Gate.Thresholds) != 1 {
		t.Errorf("got %v", c.Gate.Thresholds)
	}
}

func TestSizesReadBackAsWritten(t *testing.T) {
	for _, n := range []bench.Size{0, 1, 100, 1023, 1024, 1025, 10 << 10, 1 << 20, 3<<20 + 1, 64 << 20} {
		if got, _, ok := parseSize(n.String()); !ok || got != n {
			t.Errorf("%d, written %v, is read as %d", int(n), n, int(got))
		}
	}
}

// Sizes that nobody wrote are raised where the request needs more; see
// TestMistakesInSettings for those that somebody wrote.
func TestDefaultSizesAreNeverTooSmall(t *testing.T) {
	for _, settings := range []string{"suite: {answer: [2KB]}", "request: {extra: {metadata: {purpose: " + strings.Repeat("x", 2000) + "}}}"} {
		if _, err := Load(ForGating, Sources{Name: "f", File: []byte(header + settings + "\n")}); err != nil {
			t.Errorf("%.50s: %v", settings, err)
		}
	}
}

// TestOneIsAList: one value by itself is a list of one.
func TestOneIsAList(t *testing.T) {
	c, err := Load(ForMeasuring, Sources{File: []byte("version: 1\ngateway: {start: ./gw}\nsuite: {modes: sse, concurrency: 10, body: 1KB}\ngate: {fail_on: never}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Suite.Modes, []bench.Mode{bench.SSE}) || !slices.Equal(c.Suite.Concurrency, []int{10}) || len(c.Suite.Body) != 1 || len(c.Gate.FailOn) != 0 {
		t.Errorf("%+v, fails on %v", c.Suite, c.Gate.FailOn)
	}
}
