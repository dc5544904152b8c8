package load

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Exchange is one request and what came back.
type Exchange struct {
	bench.Observation                  // as far as the answer came
	Status            int              // of the answer; 0 when there was no head of one
	Location          string           // of an answer that redirects
	Class             bench.ErrorClass // empty when the answer is right
	Detail            string           // of what is wrong
	Rewrites          []bench.Rewrite  // that were noted for the first time
	Read              []string         // what a client reads from an answer that is right
}

// Once sends one request of the job. The answer is judged as in a slice. An error
// means that ctx was cancelled or the machine failed.
func (c *Client) Once(ctx context.Context, job *Job) (Exchange, error) {
	out, err := c.Slice(ctx, []*Job{job}, Burst{Concurrency: 1, MinRequests: 1})
	if err != nil {
		return Exchange{}, err
	}
	e := Exchange{Detail: out.FirstError, Rewrites: out.Rewrites}
	e.Headers, e.FirstByte, e.FirstEvent, e.FirstDelta, e.Last = bench.Absent, bench.Absent, bench.Absent, bench.Absent, bench.Absent
	if classes := slices.Sorted(maps.Keys(out.Errors)); len(classes) > 0 {
		e.Class = classes[0]
	}
	switch {
	case e.Class != "" || job.fails():
	case job.streams():
		e.Read = []string{fmt.Sprintf("all %d parts of the text in order, and the events that an SDK needs", job.Shape.Chunks)}
	default:
		e.Read = c.expected(job).Summary()
	}
	if a := &c.conns[0].answer; a.job == job {
		e.Observation = a.obs
		if !a.complete() {
			e.Last = bench.Absent
		}
		if a.inBody {
			e.Status = a.head.Status
			if e.Status >= 300 && e.Status < 400 {
				e.Location = string(a.location)
			}
		}
	}
	return e, nil
}
