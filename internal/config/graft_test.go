package config

import (
	"fmt"
	"strings"
	"testing"
)

const grafted = `version: 1
gateway: {start: ./new --port "$PORT"}
request: {api: chat}
`

// TestGraft: what decides comes from the base, all else from head, and what differs is
// named.
func TestGraft(t *testing.T) {
	for name, c := range map[string]struct {
		base, head string // without what is not deciding
		changed    string
		threshold  float64
		modes      string
	}{
		"equal":             {"gate: {threshold: 20%}\n", "gate:\n  threshold: 20%\n", "", 0.2, "[json sse]"},
		"a threshold":       {"gate: {threshold: 20%}\n", "gate: {threshold: 900%}\n", "gate.threshold: 900% (base: 20%)", 0.2, "[json sse]"},
		"one that is new":   {"", "gate: {threshold: 900%, fail_on: never}\n", "gate.fail_on: never (base: not set), gate.threshold: 900% (base: not set)", 0.1, "[json sse]"},
		"one that is gone":  {"gate: {threshold: 20%}\n", "", "gate.threshold: not set (base: 20%)", 0.2, "[json sse]"},
		"the suite":         {"suite: {modes: [sse]}\n", "suite: {modes: [json]}\n", "suite.modes: [json] (base: [sse])", 0.1, "[sse]"},
		"several":           {"measure: {time_budget: 4m}\ngate: {threshold: 5%}\n", "measure: {time_budget: 1s}\ngate: {threshold: 6%}\n", "gate.threshold: 6% (base: 5%), measure.time_budget: 1s (base: 4m)", 0.05, "[json sse]"},
		"thresholds of one": {"gate: {thresholds: {\"sse/*/*\": 20%}}\n", "gate: {thresholds: {\"sse/*/*\": 90%}}\n", "gate.thresholds.sse/*/*: 90% (base: 20%)", 0.1, "[json sse]"},
	} {
		t.Run(name, func(t *testing.T) {
			base := "version: 1\ngateway: {start: ./old}\nrequest: {api: messages}\n" + c.base
			file, changed, err := Graft([]byte(grafted+c.head), []byte(base))
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, one := range changed {
				said = append(said, one.String())
			}
			if got := strings.Join(said, ", "); got != c.changed {
				t.Errorf("changed %q, want %q", got, c.changed)
			}
			cfg, err := Load(ForGating, Sources{Name: "grafted", File: file})
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			if cfg.Gate.Policy.Threshold != c.threshold || cfg.Gateway.Start != `./new --port "$PORT"` || cfg.Request.API != "chat" || fmt.Sprint(cfg.Suite.Modes) != c.modes {
				t.Errorf("%+v", cfg)
			}
		})
	}
	for _, file := range []string{"[", "\x00"} {
		if _, _, err := Graft([]byte(file), []byte(grafted)); err == nil {
			t.Errorf("%q is no YAML", file)
		}
		if _, _, err := Graft([]byte(grafted), []byte(file)); err == nil {
			t.Errorf("%q is no YAML", file)
		}
	}
	if file, changed, err := Graft(nil, []byte(grafted)); len(file)+len(changed) > 0 || err != nil {
		t.Errorf("without a file: %q, %v, %v", file, changed, err)
	}
}
