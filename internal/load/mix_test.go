package load

import (
	"os"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/workload"
)

// TestMixAgainstTheMock: what a mix asks for is what the mock sends, failures
// included, with every request in flight beside others.
func TestMixAgainstTheMock(t *testing.T) {
	l := workload.Load{
		Payload: map[llmapi.Payload]float64{llmapi.Bare: 0.6, llmapi.Tools: 0.25, llmapi.Turns: 0.15},
		Body:    pace.Counts(pace.Lognormal(4<<10, 1)),
		Answer:  pace.Counts(pace.Lognormal(4<<10, 1)),
		Chunks:  pace.Counts(pace.Lognormal(20, 0.7)),
		Fail:    map[llmapi.Failure]float64{llmapi.RateLimited: 0.05, llmapi.ServerError: 0.03, llmapi.Cut: 0.02},
		Slow:    workload.Slow{Share: 0.02, Latency: 20 * time.Millisecond},
	}
	for _, api := range llmapi.All() {
		settings := mockllm.Settings{API: api, Shape: llmapi.DefaultShape()}
		var answers workload.Answers
		jobs := map[bench.Mode][]*Job{}
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			entries, err := workload.Mix(l, workload.Base{API: api, Shape: settings.Shape}, mode, &answers)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				jobs[mode] = append(jobs[mode], jobOf(t, api, e, answers))
			}
		}
		settings.Answers = answers
		p, err := mockllm.Start(t.Context(), []string{os.Args[0], mockArg}, settings)
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(p.Addr, Options{API: api, Timeout: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		for mode, all := range jobs {
			s, err := c.Slice(t.Context(), all, Burst{Concurrency: 8, MinRequests: 2 * workload.Entries})
			if err != nil || len(s.Errors) > 0 || s.Failures != 40 || len(s.Observations) != 360 {
				t.Errorf("%s %s: %d right, %d failures passed on, errors %v: %s, %v", api, mode, len(s.Observations), s.Failures, s.Errors, s.FirstError, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// jobOf is the request of an entry, and what the mock answers.
func jobOf(t *testing.T, api llmapi.API, e workload.Entry, answers []llmapi.Answer) *Job {
	t.Helper()
	body, err := llmapi.RequestBody(api, e.Ask)
	if err != nil {
		t.Fatal(err)
	}
	a := answers[e.Answer-1] // every entry has one, since the sizes differ
	job := &Job{Mode: e.Mode, Body: body, Want: llmapi.JSONAnswer(api, a.Shape), Shape: a.Shape, Cut: a.Fail == llmapi.Cut}
	if status := a.Fail.Status(); status != 200 {
		job.Status, job.Want = status, llmapi.ErrorBody(api, status)
	}
	return job
}
