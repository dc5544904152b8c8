package session

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

// jobs are the requests of the configured suite, each with its right answer. What
// the mock has to be able to answer is settled when they are made; the requests
// themselves are written when they are first asked for.
type jobs struct {
	config  config.Config
	answers workload.Answers
	mixes   map[bench.Mode][]workload.Entry
	trace   []workload.Entry
	raised  []string // notes about requests that are larger than their scenario says

	made  map[bench.Scenario][]*load.Job
	wants map[llmapi.Shape][]byte // JSON answers
}

func newJobs(c config.Config) (*jobs, error) {
	j := &jobs{
		config: c,
		mixes:  map[bench.Mode][]workload.Entry{},
		made:   map[bench.Scenario][]*load.Job{},
		wants:  map[llmapi.Shape][]byte{},
	}
	if err := j.raise(c.Scenarios()); err != nil {
		return nil, err
	}
	if c.Load.Mixed() {
		for _, mode := range c.Suite.Modes {
			mix, err := workload.Mix(c.Load, c.MixBase(), mode, &j.answers)
			if err != nil {
				return nil, host.Usagef("load: %w", err)
			}
			j.mixes[mode] = mix
		}
	}
	if c.Load.Trace != "" {
		if err := j.readTrace(c.Load.Trace); err != nil {
			return nil, host.Usagef("load.trace: %w", err)
		}
	}
	return j, nil
}

// raise notes the sizes of the suite for which no request is small enough.
func (j *jobs) raise(suite []bench.Scenario) error {
	sizes := map[int][]int{} // of the requests, by that of the suite
	for _, s := range suite {
		if s.Mix {
			continue
		}
		e, err := j.entry(s)
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
		j.raised = append(j.raised, fmt.Sprintf("requests of %v have %s bytes: no smaller ones are possible", bench.Size(size), have))
	}
	return nil
}

func (j *jobs) readTrace(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	j.trace, err = workload.ReadTrace(file, j.config.Request.API, j.config.Request.Extra, &j.answers)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return llmapi.ValidateAnswers(j.config.Request.API, j.answers)
}

// number is that of the answer that a scenario's requests ask for; 0 when they
// take what the mock gives unasked.
func (j *jobs) number(s bench.Scenario) int {
	api := j.config.Request.API
	switch {
	case s.Paced:
		return j.answers.Number(config.PacedAnswer(api))
	case s.Answer == 0:
		return 0
	}
	return j.answers.Number(llmapi.Answer{Shape: config.AnswerShape(j.config.Mock.Shape, s.Mode, s.Answer, api)})
}

// addedMost is by how much a gateway may lengthen a request for a paced stream that the
// backend is still to know. Bodies of 10 KB and more it would search in vain.
const addedMost = 7 << 10

// markWithin is the largest body with the mark of an answer; 0: any may have one.
func (j *jobs) markWithin() (within int) {
	if len(j.answers) != 1 { // others than paced streams ask for one
		return 0
	}
	for _, s := range j.config.Scenarios() {
		if s.Paced {
			e, _ := j.entry(s) // which is possible, see raise
			within = max(within, e.Size+addedMost)
		}
	}
	return within
}

// entry is the request of a scenario that is no mix.
func (j *jobs) entry(s bench.Scenario) (workload.Entry, error) {
	e := workload.Entry{Ask: llmapi.Ask{Mode: s.Mode, Size: s.BodyBytes, Answer: j.number(s), Extra: j.config.Request.Extra}}
	return e, e.Raise(j.config.Request.API)
}

// of are the jobs of a scenario's requests: one, those of a mix, or those of the
// trace in its order for [openloop.Replay].
func (j *jobs) of(s bench.Scenario) ([]*load.Job, error) {
	if all := j.made[s]; all != nil {
		return all, nil
	}
	var entries []workload.Entry
	var err error
	switch {
	case s == openloop.Replay:
		entries = j.trace
	case s.Mix:
		entries = j.mixes[s.Mode]
	default:
		entries = make([]workload.Entry, 1)
		entries[0], err = j.entry(s)
	}
	if err == nil {
		j.made[s], err = j.make(entries)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s, err)
	}
	return j.made[s], err
}

// starts are the times of the trace's requests.
func (j *jobs) starts() []time.Duration {
	var all []time.Duration
	for _, e := range j.trace {
		all = append(all, e.At)
	}
	return all
}

func (j *jobs) make(entries []workload.Entry) ([]*load.Job, error) {
	all := make([]*load.Job, len(entries))
	for i, e := range entries {
		body, err := llmapi.RequestBody(j.config.Request.API, e.Ask)
		if err != nil {
			return nil, err
		}
		all[i] = &load.Job{Mode: e.Mode, Body: body}
		j.expect(all[i], e.Answer)
	}
	return all, nil
}

// expect tells a job the answer with this number.
func (j *jobs) expect(job *load.Job, number int) {
	answer := llmapi.Answer{Shape: j.config.Mock.Shape}
	if number > 0 {
		answer = j.answers[number-1]
	}
	job.Shape, job.Cut = answer.Shape, answer.Fail == llmapi.Cut
	api := j.config.Request.API
	if status := answer.Fail.Status(); status != 200 {
		job.Status, job.Want = status, llmapi.ErrorBody(api, status)
		return
	}
	if j.wants[answer.Shape] == nil {
		j.wants[answer.Shape] = llmapi.JSONAnswer(api, answer.Shape)
	}
	job.Want = j.wants[answer.Shape]
}
