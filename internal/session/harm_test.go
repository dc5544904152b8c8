package session

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestHarm: a gate ends with an error when head cannot do what the base can, however
// the base was measured.
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
			s := &Session{output: []string{"too large"}}
			err := s.harm(Result{Run: bench.Run{Unmeasured: c.run}, Base: c.base})
			testenv.WantError(t, err, c.says)
			if err != nil {
				testenv.WantError(t, err, "too large")
			}
		})
	}
}
