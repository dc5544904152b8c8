package session

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/machine"
	"github.com/org/proxy-bench-action/internal/program"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/trial"
)

// describe is what is known before anything is measured.
func (s *Session) describe(ctx context.Context, plan trial.Schedule) bench.Run {
	run := bench.Run{
		Schema:      bench.RunSchema,
		Tool:        bench.Tool{Name: "proxy-bench", Version: host.Version(), Go: runtime.Version()},
		Commit:      revision.CheckedOut(ctx, s.Sandbox.Git),
		Started:     s.Now().UTC(),
		Environment: machine.Describe(),
		Plan:        plan.Record(1),
		Seed:        plan.Seed,
		Shard:       s.part,
		Rounds:      []bench.Round{},
	}
	s.identify(&run.Environment)
	run.Plan.API = string(s.Config.Request.API)
	run.Plan.Requests = s.requests()
	mock := mockSettings(s.Config, s.jobs)
	mock.Answers, mock.MarkWithin = nil, 0 // they follow from the scenarios and the load
	run.Plan.Answer = asMap(mock)
	var asked []bench.Cell // that each baseline has; paced streams are compared where both have them
	run.Scenarios = bench.Cells(plan.Scenarios)
	for _, cell := range bench.Cells(s.Config.Scenarios()) { // also of those that other shards measure
		if !cell.Paced {
			asked = append(asked, cell)
		}
	}
	request := s.Config.Request
	parts := []any{llmapi.Version, load.Version, asked, run.Plan.API, request.Path, request.Query, request.HeaderNames(), request.Extra, run.Plan.Answer}
	if s.Config.Load.Mixed() {
		run.Plan.Load = asMap(s.Config.Load)
		parts = append(parts, run.Plan.Load)
	}
	run.Plan.Fingerprint = fingerprint(parts...)
	return run
}

// identify notes which gateways are run.
func (s *Session) identify(e *bench.Environment) {
	for arm, side := range s.sides {
		program.Identify(e, arm, side.Recipe, side.dir, s.Sandbox.Environment(string(arm), side.Env))
	}
}

// requests describes what is sent.
func (s *Session) requests() *bench.Requests {
	r := s.Config.Request
	model, _ := r.Extra["model"].(string)
	return &bench.Requests{
		Path:    cmp.Or(r.Path, r.API.Path()),
		Model:   cmp.Or(model, llmapi.Model),
		Headers: r.HeaderNames(),
		Notes:   s.jobs.Raised,
	}
}

// fingerprint is equal for runs whose requests and answers were the same, and driven
// and timed in the same way.
func fingerprint(parts ...any) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(parts); err != nil {
		panic(fmt.Sprintf("the plan cannot be encoded: %v", err)) // it holds what came out of JSON and YAML
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// asMap is a value as its JSON reads.
func asMap(v any) (m map[string]any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		panic(fmt.Sprintf("the settings cannot be encoded: %v", err)) // they are plain numbers and strings
	}
	return m
}
