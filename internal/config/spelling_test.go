package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestSpellings: what people write is taken as what it can only mean.
func TestSpellings(t *testing.T) {
	for written, meant := range map[string]string{
		"suite: {body: [1kb, 2 KiB, 4K, 3072, 1mb, 2 MiB, 100bytes]}": "suite: {body: [1KB, 2KB, 4KB, 3072B, 1MB, 2MB, 100B]}",
		"suite: {body: 1KB}":                               "suite: {body: [1KB]}",
		"suite: {modes: json}":                             "suite: {modes: [json]}",
		"suite: {modes: 'sse, json', concurrency: '1,10'}": "suite: {modes: [sse, json], concurrency: [1, 10]}",
		"measure: {time_budget: 30}":                       "measure: {time_budget: 30s}",
		"measure: {time_budget: 5 min}":                    "measure: {time_budget: 5m}",
		"measure: {time_budget: 2 minutes}":                "measure: {time_budget: 2m}",
		"request: {timeout: 1.5}":                          "request: {timeout: 1500ms}",
		"mock: {latency: 20 milliseconds}":                 "mock: {latency: 20ms}",
		"gate: {fail_on: never}":                           "gate: {fail_on: [never]}",
		"gate: {fail_on: 'regression, inconclusive'}":      "gate: {fail_on: [regression, inconclusive]}",
		"gate: {threshold: 0.2}":                           "gate: {threshold: 20%}",
	} {
		if got, want := mustLoad(t, header+written+"\n"), mustLoad(t, header+meant+"\n"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v\nwant %+v", written, got, want)
		}
	}
	short := mustLoad(t, "version: 1\ngateway: {start: ./gw, ready: /health}\n")
	if long := mustLoad(t, "version: 1\ngateway: {start: ./gw, ready: {path: /health}}\n"); !reflect.DeepEqual(short, long) {
		t.Errorf("ready: /health is %+v", short.Gateway.Ready)
	}
}

// TestNearWords: a word of another program, or one that is nearly right, gets the right one.
func TestNearWords(t *testing.T) {
	for written, want := range map[string]string{
		"suite: {modes: [stream]}":                  "did you mean sse?",
		"suite: {modes: [jsno]}":                    "did you mean json?",
		"suite: {clients: 10}":                      "did you mean concurrency?",
		"request: {api: completions}":               "did you mean chat?",
		"request: {api: Anthropic}":                 "did you mean messages?",
		"request: {api: message}":                   "did you mean messages?",
		"gate: {fail_on: none}":                     "did you mean never?",
		"gate: {fail_on: no_baseline}":              "did you mean no-baseline?",
		"gate: {behaviours: {ask-twice: off}}":      "did you mean asks-twice?",
		"gate: {behaviour: fial}":                   "did you mean fail?",
		"gate: {treshold: 10%}":                     "did you mean threshold?",
		"load: {payload: {tool: 10%}}":              "did you mean tools?",
		"load: {fail: {cutt: 1%}}":                  "did you mean cut?",
		"measure: {budget: 4m}":                     "did you mean time_budget?",
		"mesure: {rounds: 20}":                      "did you mean measure?",
		"threshold: 10%":                            "it belongs in gate",
		"gate: {thresholds: {json/c11/*: 5%}}":      "json/c1/100B",
		"gate: {thresholds: {latancy_typical: 5%}}": "latency_typical",
	} {
		_, err := Load(ForGating, sources("f", header+written+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", written, err, want)
		}
	}
}
