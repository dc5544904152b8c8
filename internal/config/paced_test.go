package config

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// TestPaced: paced streams come with the default suite, and beside another one where
// they are asked for.
func TestPaced(t *testing.T) {
	for settings, want := range map[string]bool{
		"": true,
		"suite: {modes: [json, sse], concurrency: [1, 10, 50]}": true,
		"mock: {chunks: 5, answer: 2KB}":                        true,
		"suite: {paced: off}":                                   false,
		"suite: {modes: [sse]}":                                 false,
		"suite: {concurrency: [1]}":                             false,
		"suite: {body: [1KB]}":                                  false,
		"suite: {chunks: [5]}":                                  false,
		"mock: {latency: 1ms}":                                  false,
		"mock: {first_event: 1ms}":                              false,
		"mock: {chunk_interval: 1ms}":                           false,
		"load: {body: 2KB}":                                     false,
		"load: {trace: a.jsonl}":                                false,
		"request: {timeout: 500ms}":                             false,
		"suite: {modes: [sse], body: [10KB], paced: on}":        true,
		"suite: {paced: on}\nmock: {latency: 1ms}":              true,
	} {
		var paced []string
		scenarios := mustLoad(t, header+settings+"\n").Scenarios()
		for _, s := range scenarios {
			if s.Paced {
				paced = append(paced, s.ID())
			}
		}
		if got := strings.Join(paced, " "); got != "sse/c1/1KB/paced sse/c10/1KB/paced" && want || got != "" && !want {
			t.Errorf("%q: %q of %v", settings, got, scenarios)
		}
	}
}

func TestPacedWithoutStreams(t *testing.T) {
	_, err := Load(ForMeasuring, sources("f", header+"suite: {modes: [json], paced: on}\n"))
	if err == nil || !strings.Contains(err.Error(), "suite.paced: \"on\" is not possible without streams; add sse to suite.modes, or write off") {
		t.Error(err)
	}
}

// TestPacedAnswer: whatever API, it is an answer that the mock can give, and short
// enough for two cells of twenty slices in a second.
func TestPacedAnswer(t *testing.T) {
	for _, api := range llmapi.All() {
		a := PacedAnswer(api)
		if err := a.Validate(api); err != nil {
			t.Errorf("%s: %v", api, err)
		}
		if takes := a.FirstEvent.Mean() + pacedInterval*(pacedChunks-1); takes < 30e6 || takes > 45e6 {
			t.Errorf("%s: a stream takes %v", api, takes)
		}
	}
	if s := (bench.Scenario{Mode: bench.SSE, Concurrency: 10, BodyBytes: pacedBody, Paced: true}); s.ID() != "sse/c10/1KB/paced" {
		t.Error(s.ID())
	}
}
