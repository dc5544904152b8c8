package workload

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// Limits of a trace.
const (
	// MostRequests is how many requests a trace can have: each has an answer of
	// its own.
	MostRequests = llmapi.MostAnswers
	// LongestTrace is how late its last request can start.
	LongestTrace = 10 * time.Minute
	mostLine     = 1 << 20  // bytes
	mostTrace    = 32 << 20 // bytes
	mostBody     = 64 << 20 // bytes of a request
)

// Trace is requests at recorded times, with the answers they got.
type Trace struct {
	requests []recorded
}

type recorded struct {
	entry  Entry // without its answer's number
	answer llmapi.Answer
}

// Entries are the requests in the order of their times. The answers that they
// ask for are added to the others.
func (t Trace) Entries(answers *Answers) []Entry {
	entries := make([]Entry, len(t.requests))
	for i, r := range t.requests {
		entries[i] = r.entry
		entries[i].Answer = answers.Number(r.answer)
	}
	return entries
}

// line is a request of a trace as files hold it.
type line struct {
	AtMS      *float64    `json:"at_ms"`
	Mode      bench.Mode  `json:"mode"`
	Body      *int        `json:"body"`
	Answer    *int        `json:"answer"`
	LatencyMS *float64    `json:"latency_ms"`
	Chunks    [][]float64 `json:"chunks"`
	Status    *int        `json:"status"`
}

// ReadTrace reads JSON Lines, such as
//
//	{"at_ms": 12.5, "mode": "sse", "body": 4096, "chunks": [[0, 64], [15.2, 64]]}
//	{"at_ms": 20, "mode": "json", "body": 1000, "answer": 2048, "latency_ms": 20, "status": 200}
//
// for an API and the members that every request has besides. An error names the
// line and what is expected in it.
func ReadTrace(r io.Reader, api llmapi.API, extra map[string]any) (Trace, error) {
	var t Trace
	in := bufio.NewScanner(io.LimitReader(r, mostTrace+1))
	in.Buffer(make([]byte, 0, 64<<10), mostLine)
	read, bodies, answers := 0, 0, 0
	n := 0
	fail := func(format string, args ...any) (Trace, error) {
		return Trace{}, fmt.Errorf("line %d: %w", n, fmt.Errorf(format, args...))
	}
	for in.Scan() {
		n++
		if read += len(in.Bytes()) + 1; read > mostTrace+1 {
			return fail("the trace has more than %d bytes", mostTrace)
		}
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		if len(t.requests) == MostRequests {
			return fail("more than %d requests", MostRequests)
		}
		one, err := parseLine(in.Bytes(), api, extra)
		if err != nil {
			return fail("%w", err)
		}
		if last := len(t.requests) - 1; last >= 0 && one.entry.At < t.requests[last].entry.At {
			return fail("at_ms goes back: the line before has %v; sort the lines by it", ms(t.requests[last].entry.At))
		}
		if bodies += one.entry.Body; bodies > mostBodies {
			return fail("the bodies so far have more than %d bytes together", mostBodies)
		}
		if answers += one.answer.Shape.AnswerBytes + one.answer.Shape.Chunks*one.answer.Shape.ChunkBytes; answers > mostBodies/2 {
			return fail("the answers so far have more than %d bytes together", mostBodies/2)
		}
		t.requests = append(t.requests, one)
	}
	n++
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fail("more than %d bytes in one line", mostLine)
	case err != nil:
		return fail("%w", err)
	case len(t.requests) == 0:
		return Trace{}, errors.New("the trace has no requests")
	}
	return t, nil
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func parseLine(data []byte, api llmapi.API, extra map[string]any) (r recorded, err error) {
	var l line
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&l); err != nil {
		return r, fmt.Errorf("not a request of a trace: %w", err)
	}
	if _, err := in.Token(); err != io.EOF {
		return r, errors.New("more than one JSON object")
	}
	if r.entry.At, err = milliseconds("at_ms", l.AtMS, LongestTrace); err != nil {
		return r, err
	}
	if l.Body == nil || *l.Body < 1 || *l.Body > mostBody {
		return r, fmt.Errorf("body must be the size of the request, 1 to %d bytes", mostBody)
	}
	r.entry.Mode, r.entry.Body = l.Mode, *l.Body
	switch l.Mode {
	case bench.JSON:
		r.answer, err = l.whole(api)
	case bench.SSE:
		r.answer, err = l.stream(api)
	default:
		err = errors.New(`mode must be "json" or "sse"`)
	}
	if err != nil {
		return r, err
	}
	if r.answer.Fail, err = l.failure(); err != nil {
		return r, err
	}
	if err := llmapi.ValidateAnswers(api, []llmapi.Answer{r.answer}); err != nil {
		return r, err
	}
	marked := r.entry
	marked.Answer = llmapi.MostAnswers // whatever number it gets, its mark is no longer
	least, err := llmapi.LeastBody(api, marked.Ask(extra))
	if err == nil && r.entry.Body < least {
		err = fmt.Errorf("body is %d, and a request of this API needs at least %d", r.entry.Body, least)
	}
	return r, err
}

// milliseconds reads a time that must be there.
func milliseconds(name string, value *float64, most time.Duration) (time.Duration, error) {
	if value == nil || !(*value >= 0 && *value <= ms(most)) {
		return 0, fmt.Errorf("%s must be milliseconds, 0 to %v", name, ms(most))
	}
	return time.Duration(math.Round(*value * 1e6)), nil
}

// latency is that before the head.
func (l line) latency() (*pace.Dist, error) {
	if l.LatencyMS == nil {
		none := 0.0
		l.LatencyMS = &none
	}
	d, err := milliseconds("latency_ms", l.LatencyMS, pace.Limit)
	constant := pace.Constant(d)
	return &constant, err
}

func (l line) failure() (llmapi.Failure, error) {
	switch {
	case l.Status == nil || *l.Status == 200:
		return llmapi.NoFailure, nil
	case *l.Status == llmapi.RateLimited.Status():
		return llmapi.RateLimited, nil
	case *l.Status == llmapi.ServerError.Status():
		return llmapi.ServerError, nil
	}
	return "", fmt.Errorf("status must be 200, 429 or 500, not %d", *l.Status)
}

func (l line) whole(api llmapi.API) (a llmapi.Answer, err error) {
	least := llmapi.MinAnswerBytes(api)
	switch {
	case l.Chunks != nil:
		return a, errors.New("chunks are of a stream; a json request has answer")
	case l.Answer == nil:
		return a, errors.New("answer must be the size of the answer in bytes")
	case *l.Answer < least:
		return a, fmt.Errorf("answer is %d, and one of this API needs at least %d bytes", *l.Answer, least)
	}
	a.Shape = llmapi.Shape{AnswerBytes: *l.Answer, Chunks: 1, ChunkBytes: llmapi.MarkBytes}
	a.Latency, err = l.latency()
	return a, err
}

// stream gives every chunk of an answer the same text: their mean, and no less
// than a mark needs.
func (l line) stream(api llmapi.API) (a llmapi.Answer, err error) {
	if l.Answer != nil {
		return a, errors.New("answer is of a json request; a stream has chunks")
	}
	if len(l.Chunks) == 0 {
		return a, errors.New("chunks must be a list of [milliseconds since the head, bytes of text], at least one")
	}
	text := 0.0
	for i, c := range l.Chunks {
		if len(c) != 2 {
			return a, fmt.Errorf("chunks[%d] must be [milliseconds since the head, bytes of text]", i)
		}
		at, err := milliseconds(fmt.Sprintf("chunks[%d][0]", i), &c[0], pace.Limit)
		if err != nil {
			return a, err
		}
		if i > 0 && at < a.At[i-1] {
			return a, fmt.Errorf("chunks[%d][0] goes back: the chunk before came at %v", i, ms(a.At[i-1]))
		}
		if !(c[1] >= 0 && c[1] <= mostBody) || c[1] != math.Trunc(c[1]) {
			return a, fmt.Errorf("chunks[%d][1] must be whole bytes, 0 to %d", i, mostBody)
		}
		a.At = append(a.At, at)
		text += c[1]
	}
	each := max(llmapi.MarkBytes, int(math.Round(text/float64(len(l.Chunks)))))
	a.Shape = llmapi.Shape{AnswerBytes: llmapi.MinAnswerBytes(api), Chunks: len(l.Chunks), ChunkBytes: each}
	a.Latency, err = l.latency()
	return a, err
}
