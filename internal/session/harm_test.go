package session

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
)

// TestHarm: what head cannot do and the base can is said, however the base was
// measured, and is no error: the verdict has it.
func TestHarm(t *testing.T) {
	const cell = "json/c1/100KB"
	failed := func(arms ...bench.Arm) (all []bench.Unmeasured) {
		for _, arm := range arms {
			all = append(all, bench.Unmeasured{Scenario: cell, Arm: arm, Requests: 4, Failed: 4, Class: bench.ErrStatus, Reason: "status 413"})
		}
		return all
	}
	beside := Base{side: &side{}}
	measured := Base{Stored: &baseline.Baseline{Run: bench.Run{Rounds: []bench.Round{{Scenario: cell, Arm: bench.Head}}}}}
	unable := Base{Stored: &baseline.Baseline{}}
	for name, c := range map[string]struct {
		base Base
		run  []bench.Unmeasured
		says string
	}{
		"nothing failed":          {beside, nil, ""},
		"head alone":              {beside, failed(bench.Head), "head fails in json/c1/100KB, where base does not: 4 of 4 requests, status 413"},
		"both":                    {beside, failed(bench.Base, bench.Head), ""},
		"base alone":              {beside, failed(bench.Base), ""},
		"stored, which can":       {measured, failed(bench.Head), "head fails in json/c1/100KB"},
		"stored, which cannot":    {unable, failed(bench.Head), ""},
		"nothing to compare with": {Base{}, failed(bench.Head), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s := &Session{Options: Options{Log: &Lines{W: &log}}, output: []string{"too large"}}
			r := Result{Run: bench.Run{Unmeasured: c.run}, Base: c.base}
			if err := s.harm(r, nil); err != nil {
				t.Error(err)
			}
			if said := log.String(); (said == "") != (c.says == "") || !strings.Contains(said, c.says) || said != "" && !strings.Contains(said, "too large") {
				t.Errorf("said %q, want %q", said, c.says)
			}
			// In all scenarios it ends the measurement.
			failed := fmt.Errorf("round 1, dropped: %w", &trial.Failure{Arm: bench.Head})
			if err := s.harm(r, failed); (err == nil) != (c.says != "") {
				t.Errorf("head fails in all scenarios: %v", err)
			}
			died := errors.New("gateway died")
			if err := s.harm(r, died); err != died {
				t.Errorf("head dies: %v", err)
			}
		})
	}
}
