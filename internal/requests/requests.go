// Package requests writes the requests of a configured suite, each with its right answer.
//
// It must know nothing of who is asked, and when.
package requests

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/workload"
)

// Requests are those of a configured suite. What the mock has to be able to answer is
// settled when they are made; the requests themselves are written when they are first
// asked for.
type Requests struct {
	Answers workload.Answers // that the mock has to know
	Raised  []string         // notes about requests that are larger than their scenario says

	config config.Config
	mixes  map[bench.Mode][]workload.Entry
	trace  []workload.Entry

	made  map[bench.Scenario][]*load.Job
	wants map[llmapi.Shape][]byte // JSON answers
}

// New reads what the configuration names, and settles the answers.
func New(c config.Config) (*Requests, error) {
	r := &Requests{
		config: c,
		mixes:  map[bench.Mode][]workload.Entry{},
		made:   map[bench.Scenario][]*load.Job{},
		wants:  map[llmapi.Shape][]byte{},
	}
	if err := r.raise(c.Scenarios()); err != nil {
		return nil, err
	}
	if c.Load.Mixed() {
		for _, mode := range c.Suite.Modes {
			mix, err := workload.Mix(c.Load, c.MixBase(), mode, &r.Answers)
			if err != nil {
				return nil, host.Usagef("load: %w", err)
			}
			r.mixes[mode] = mix
		}
	}
	if c.Load.Trace != "" {
		if err := r.readTrace(c.Load.Trace); err != nil {
			return nil, host.Usagef("load.trace: %w", err)
		}
	}
	return r, nil
}

// Plain are those of a configuration whose scenarios have one request each, and take what
// the mock gives unasked.
func Plain(c config.Config) *Requests {
	return &Requests{config: c, made: map[bench.Scenario][]*load.Job{}, wants: map[llmapi.Shape][]byte{}}
}

// raise notes the sizes of the suite for which no request is small enough.
func (r *Requests) raise(suite []bench.Scenario) error {
	sizes := map[int][]int{} // of the requests, by that of the suite
	for _, s := range suite {
		if s.Mix {
			continue
		}
		e, err := r.entry(s)
		if err != nil {
			return host.Usage(err)
		}
		if e.Size > s.BodyBytes {
			sizes[s.BodyBytes] = append(sizes[s.BodyBytes], e.Size)
		}
	}
	for _, size := range slices.Sorted(maps.Keys(sizes)) {
		least, most := slices.Min(sizes[size]), slices.Max(sizes[size])
		have := fmt.Sprint(most)
		if least < most {
			have = fmt.Sprintf("%d to %d", least, most)
		}
		r.Raised = append(r.Raised, fmt.Sprintf("requests of %v have %s bytes: no smaller ones are possible", bench.Size(size), have))
	}
	return nil
}

func (r *Requests) readTrace(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r.trace, err = workload.ReadTrace(file, r.config.Request.API, r.config.Request.Extra, &r.Answers)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return llmapi.ValidateAnswers(r.config.Request.API, r.Answers)
}

// number is that of the answer that a scenario's requests ask for; 0 when they
// take what the mock gives unasked.
func (r *Requests) number(s bench.Scenario) int {
	api := r.config.Request.API
	switch {
	case s.Paced:
		return r.Answers.Number(config.PacedAnswer(api))
	case s.Answer == 0:
		return 0
	}
	return r.Answers.Number(llmapi.Answer{Shape: config.AnswerShape(r.config.Mock.Shape, s.Mode, s.Answer, api)})
}

// addedMost is by how much a gateway may lengthen a request for a paced stream that the
// backend is still to know. Bodies of 10 KB and more it would search in vain.
const addedMost = 7 << 10

// MarkWithin is the largest body with the mark of an answer; 0: any may have one.
func (r *Requests) MarkWithin() (within int) {
	if len(r.Answers) != 1 { // others than paced streams ask for one
		return 0
	}
	for _, s := range r.config.Scenarios() {
		if s.Paced {
			e, _ := r.entry(s) // which is possible, see raise
			within = max(within, e.Size+addedMost)
		}
	}
	return within
}

// entry is the request of a scenario that is no mix.
func (r *Requests) entry(s bench.Scenario) (workload.Entry, error) {
	e := workload.Entry{Ask: llmapi.Ask{Mode: s.Mode, Size: s.BodyBytes, Answer: r.number(s), Extra: r.config.Request.Extra}}
	return e, e.Raise(r.config.Request.API)
}

// Of are the jobs of a scenario's requests: one, those of a mix, or those of the
// trace in its order for [openloop.Replay].
func (r *Requests) Of(s bench.Scenario) ([]*load.Job, error) {
	if all := r.made[s]; all != nil {
		return all, nil
	}
	var entries []workload.Entry
	var err error
	switch {
	case s == openloop.Replay:
		entries = r.trace
	case s.Mix:
		entries = r.mixes[s.Mode]
	default:
		entries = make([]workload.Entry, 1)
		entries[0], err = r.entry(s)
	}
	if err == nil {
		r.made[s], err = r.make(entries)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s, err)
	}
	return r.made[s], err
}

// Starts are the times of the trace's requests.
func (r *Requests) Starts() []time.Duration {
	var all []time.Duration
	for _, e := range r.trace {
		all = append(all, e.At)
	}
	return all
}

func (r *Requests) make(entries []workload.Entry) ([]*load.Job, error) {
	all := make([]*load.Job, len(entries))
	for i, e := range entries {
		body, err := llmapi.RequestBody(r.config.Request.API, e.Ask)
		if err != nil {
			return nil, err
		}
		all[i] = &load.Job{Mode: e.Mode, Body: body}
		r.expect(all[i], e.Answer)
	}
	return all, nil
}

// expect tells a job the answer with this number.
func (r *Requests) expect(job *load.Job, number int) {
	answer := llmapi.Answer{Shape: r.config.Mock.Shape}
	if number > 0 {
		answer = r.Answers[number-1]
	}
	job.Shape, job.Cut = answer.Shape, answer.Fail == llmapi.Cut
	api := r.config.Request.API
	if status := answer.Fail.Status(); status != 200 {
		job.Status, job.Want = status, llmapi.ErrorBody(api, status)
		return
	}
	if r.wants[answer.Shape] == nil {
		r.wants[answer.Shape] = llmapi.JSONAnswer(api, answer.Shape)
	}
	job.Want = r.wants[answer.Shape]
}
