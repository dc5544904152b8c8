package load

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/http1"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Limits of an answer: beyond them it is a protocol error.
const (
	maxHead    = 64 << 10
	maxBody    = 64 << 20
	maxExcerpt = 120 // bytes of an unwanted body that are shown
)

// answer reads one answer after the other out of the bytes of a connection. It
// times each, compares it with what the mock sent, and names what is wrong with
// it. It reads no clock: every read comes with its time.
type answer struct {
	job      *Job
	want     *judge.Expected // the job's answer if it is JSON
	checker  *judge.Checker  // of the job's stream
	checkers map[llmapi.Stream]*judge.Checker

	start  int64 // of the request
	nonce  uint32
	obs    bench.Observation
	head   http1.Head
	body   http1.Body
	inBody bool // the head has come
	broken bool // nothing that follows on the connection can be trusted
	size   int  // of the body so far

	instead bool // the gateway answers with a failure of its own, since the mock cut its answer

	fault  bench.ErrorClass // the first one
	detail string

	location []byte // that an unwanted status points to

	got     []byte // JSON: the body if it differs, or the excerpt shown
	matched int    // JSON: bytes that equal the right answer
	differs bool
	id      llmapi.ID // JSON: of the answer
	hasID   bool      // it has come, and is the backend's

	events         Events
	readEvents     int32
	readBytes      int32
	lastDelta      int64
	lastEvent      int64
	gaps, transits []int64 // a transit for each chunk so far
}

// expect prepares for answers to the job's request.
func (a *answer) expect(job *Job, c *Client) {
	a.job, a.want = job, c.expected(job)
	if job.Mode != bench.SSE {
		return
	}
	stream := job.stream()
	if a.checkers[stream] == nil {
		a.checkers[stream] = c.checker(stream)
	}
	a.checker = a.checkers[stream]
}

// reset prepares for the answer to the request with a nonce that starts at the given
// time.
func (a *answer) reset(start int64, nonce uint32) {
	a.start, a.nonce, a.hasID = start, nonce, false
	a.obs = bench.Observation{FirstEvent: bench.Absent, FirstDelta: bench.Absent, Headers: bench.Absent, FirstByte: bench.Absent}
	a.inBody, a.broken, a.size, a.instead = false, false, 0, false
	a.fault, a.detail = "", ""
	a.got, a.matched, a.differs = a.got[:0], 0, false
	if a.job.Mode == bench.SSE {
		a.events.Reset()
		a.checker.Reset()
		a.lastDelta, a.lastEvent = bench.Absent, start
		a.gaps, a.transits = a.gaps[:0], a.transits[:0]
	}
}

// complete reports whether the whole answer has come.
func (a *answer) complete() bool { return a.inBody && a.body.Done() }

// take takes the bytes of a read that ended at the time now. It returns how many
// it used; the rest must come again in front of the next read's.
func (a *answer) take(in []byte, now int64) (used int) {
	a.readEvents, a.readBytes = 0, 0
	for !a.broken && !a.complete() {
		n := 0
		if a.inBody {
			n = a.takeBody(in[used:], now)
		} else {
			n = a.takeHead(in[used:], now)
		}
		if n == 0 {
			break
		}
		used += n
	}
	if a.readEvents > a.obs.Burst {
		a.obs.Burst, a.obs.BurstBytes = a.readEvents, a.readBytes
	}
	if a.complete() {
		a.ended(now)
	}
	return used
}

// end takes the end of the connection, which may be the right end of the body.
func (a *answer) end(now int64) {
	switch {
	case !a.inBody:
		a.fail(bench.ErrTruncated, "the connection was closed before the head of the answer was complete")
	case a.body.End() != nil && a.job.Cut && !a.instead: // the gateway passed the cut on
	case a.body.End() != nil:
		a.fail(bench.ErrTruncated, "the connection was closed after %d bytes of the body%s", a.size, a.progress())
	default:
		a.ended(now)
	}
	a.broken = true
}

// ended takes the end of the answer.
func (a *answer) ended(now int64) {
	a.obs.Last = now - a.start
	if a.job.streams() {
		a.obs.Silence = max(a.obs.Silence, now-a.lastEvent)
	}
	a.judge()
}

// fail records what is wrong, unless something was wrong before.
func (a *answer) fail(class bench.ErrorClass, format string, args ...any) {
	if a.fault == "" {
		a.fault, a.detail = class, fmt.Sprintf(format, args...)
	}
}

// breakOff is fail for a protocol error: the state of the connection is unknown.
func (a *answer) breakOff(format string, args ...any) {
	a.fail(bench.ErrProtocol, format, args...)
	a.broken = true
}

func (a *answer) takeHead(in []byte, now int64) (used int) {
	n, err := http1.ParseResponse(in, &a.head)
	switch {
	case err != nil:
		a.breakOff("%v", err)
		return 0
	case n == 0 && len(in) > maxHead:
		a.breakOff("a response head of more than %d bytes", maxHead)
		return 0
	case n == 0 || a.head.Status < 200 && a.head.Status != 101: // 100 Continue and its like come before the answer; 101 is one
		return n
	}
	a.inBody = true
	a.obs.Headers = now - a.start
	a.body.ResetResponse(&a.head)
	switch {
	case a.job.Cut && a.head.Status >= 500:
		a.instead = true
	case a.head.Status != a.job.status():
		a.fault = bench.ErrStatus // judge adds the detail, with the body
		a.location = append(a.location[:0], a.head.Location...)
	case len(a.head.ContentEncoding) > 0:
		a.fail(bench.ErrBody, "Content-Encoding: %s, which the request did not ask for", a.head.ContentEncoding)
	case a.job.streams() && !a.head.EventStream():
		a.fail(bench.ErrBody, "Content-Type %q where the mock sent text/event-stream", a.head.ContentType)
	}
	return n
}

func (a *answer) takeBody(in []byte, now int64) (used int) {
	run, used, err := a.body.Next(in)
	if err != nil {
		a.breakOff("%v", err)
		return used
	}
	if len(run) == 0 {
		return used
	}
	if a.size == 0 {
		a.obs.FirstByte = now - a.start
	}
	if a.size += len(run); a.size > maxBody {
		a.breakOff("a body of more than %d bytes", maxBody)
		return used
	}
	switch {
	case a.instead:
	case a.fault != "" && !a.job.streams() || a.fault == bench.ErrStatus:
		a.got = append(a.got, run[:min(len(run), maxExcerpt-min(len(a.got), maxExcerpt))]...)
	case !a.job.streams():
		a.takeJSON(run)
	default:
		a.takeEvents(run, now)
	}
	return used
}

// takeJSON compares as it goes; only an answer that differs is kept.
func (a *answer) takeJSON(run []byte) {
	if !a.differs {
		if a.want.Continues(a.matched, run) {
			a.hasID = a.want.TakeID(&a.id, a.matched, run)
			a.matched += len(run)
			return
		}
		a.differs = true
		a.got = append(a.got[:0], a.want.Bytes()[:a.matched]...)
	}
	a.got = append(a.got, run...)
}

func (a *answer) takeEvents(run []byte, now int64) {
	a.readBytes += int32(len(run))
	for {
		name, data, rest, ok, err := a.events.Next(run)
		if err != nil {
			a.breakOff("%v", err)
			return
		}
		if !ok {
			return
		}
		run = rest
		a.takeEvent(name, data, now)
	}
}

func (a *answer) takeEvent(name, data []byte, now int64) {
	since := now - a.start
	a.readEvents++
	a.obs.Events++
	a.obs.Silence, a.lastEvent = max(a.obs.Silence, now-a.lastEvent), now
	if a.obs.FirstEvent == bench.Absent {
		a.obs.FirstEvent = since
	}
	kind, sent, fault := a.checker.Event(name, data)
	switch {
	case fault == nil || a.fault != "":
	case fault.Class == bench.ErrFailed && a.job.Cut: // it tells the client of the cut
		a.instead = true
	case fault.Class == bench.ErrFailed:
		a.fail(fault.Class, "event %d%s is an error: %s", a.obs.Events, a.progress(), fault.Detail)
	default:
		a.fail(fault.Class, "event %d%s: %s", a.obs.Events, a.progress(), fault.Detail)
	}
	if kind != llmapi.Delta {
		return
	}
	if a.obs.FirstDelta == bench.Absent {
		a.obs.FirstDelta = since
	}
	for _, at := range sent {
		a.transits = append(a.transits, now-at)
		if a.lastDelta != bench.Absent {
			a.gaps = append(a.gaps, now-a.lastDelta)
		}
		a.lastDelta = now
	}
}
