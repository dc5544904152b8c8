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
	mostRequests = llmapi.MostAnswers // each has an answer of its own
	longestTrace = 10 * time.Minute   // until the last request starts
	mostLine     = 1 << 20            // bytes
	mostTrace    = 32 << 20           // bytes
	mostBody     = 64 << 20           // bytes of a request
)

// ReadTrace reads requests at recorded times, with the answers they got, from
// JSON Lines such as
//
//	{"at_ms": 12.5, "mode": "sse", "body": 4096, "chunks": [[0, 64], [15.2, 64]]}
//	{"at_ms": 20, "mode": "json", "body": 1000, "answer": 2048, "latency_ms": 20, "status": 200}
//
// for an API and the members that every request has besides. It adds the answers
// to the given ones. An error names the line and what is expected in it.
func ReadTrace(r io.Reader, api llmapi.API, extra map[string]any, to *Answers) ([]Entry, error) {
	var entries []Entry
	in := bufio.NewScanner(io.LimitReader(r, mostTrace+1))
	in.Buffer(make([]byte, 0, 64<<10), mostLine)
	n, read, bodies, answers := 0, 0, 0, 0
	fail := func(format string, args ...any) ([]Entry, error) {
		return nil, fmt.Errorf("line %d: %w", n, fmt.Errorf(format, args...))
	}
	for in.Scan() {
		n++
		if read += len(in.Bytes()) + 1; read > mostTrace+1 {
			return fail("the trace has more than %d bytes", mostTrace)
		}
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		if len(entries) == mostRequests {
			return fail("more than %d requests", mostRequests)
		}
		entry, answer, err := parseLine(in.Bytes(), api, extra)
		if err != nil {
			return fail("%w", err)
		}
		if last := len(entries) - 1; last >= 0 && entry.At < entries[last].At {
			return fail("at_ms goes back: the line before has %v; sort the lines by it", ms(entries[last].At))
		}
		if bodies += entry.Size; bodies > mostBodies {
			return fail("the bodies so far have more than %d bytes together", mostBodies)
		}
		if answers += answer.Shape.AnswerBytes + answer.Shape.Chunks*answer.Shape.ChunkBytes; answers > mostBodies/2 {
			return fail("the answers so far have more than %d bytes together", mostBodies/2)
		}
		entry.Answer = to.Number(answer)
		entries = append(entries, entry)
	}
	n++
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fail("more than %d bytes in one line", mostLine)
	case err != nil:
		return fail("%w", err)
	case len(entries) == 0:
		return nil, errors.New("the trace has no requests")
	}
	return entries, nil
}

// line is a request of a trace as files hold it.
type line struct {
	AtMS      float64     `json:"at_ms"`
	Mode      bench.Mode  `json:"mode"`
	Body      *int        `json:"body"`
	Answer    *int        `json:"answer"`
	LatencyMS float64     `json:"latency_ms"` // before the head
	Chunks    [][]float64 `json:"chunks"`
	Status    *int        `json:"status"`
}

// parseLine returns a request without the number of its answer, and the answer.
func parseLine(data []byte, api llmapi.API, extra map[string]any) (e Entry, a llmapi.Answer, err error) {
	l := line{AtMS: -1} // has to be given
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&l); err != nil {
		return e, a, fmt.Errorf("not a request of a trace: %w", err)
	}
	if _, err := in.Token(); err != io.EOF {
		return e, a, errors.New("more than one JSON object")
	}
	if e.At, err = milliseconds("at_ms", l.AtMS, longestTrace); err != nil {
		return e, a, err
	}
	if l.Body == nil || *l.Body < 1 || *l.Body > mostBody {
		return e, a, fmt.Errorf("body must be the size of the request, 1 to %d bytes", mostBody)
	}
	e.Ask = llmapi.Ask{Mode: l.Mode, Size: *l.Body, Extra: extra}
	if a, err = l.answer(api); err != nil {
		return e, a, err
	}
	if err := a.Validate(api); err != nil {
		return e, a, err
	}
	marked := e
	marked.Answer = llmapi.MostAnswers // the mark of any number is at most this long
	if err = marked.Raise(api); err == nil && e.Size < marked.Size {
		err = fmt.Errorf("body is %d, and a request of this API needs at least %d", e.Size, marked.Size)
	}
	return e, a, err
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func milliseconds(name string, value float64, most time.Duration) (time.Duration, error) {
	if !(value >= 0 && value <= ms(most)) {
		return 0, fmt.Errorf("%s must be milliseconds, 0 to %v", name, ms(most))
	}
	return time.Duration(math.Round(value * 1e6)), nil
}

func (l line) answer(api llmapi.API) (a llmapi.Answer, err error) {
	switch l.Mode {
	case bench.JSON:
		a.Shape, err = l.whole(api)
	case bench.SSE:
		a.Shape, a.At, err = l.stream(api)
	default:
		err = errors.New(`mode must be "json" or "sse"`)
	}
	if err != nil {
		return a, err
	}
	latency, err := milliseconds("latency_ms", l.LatencyMS, pace.Limit)
	if err != nil {
		return a, err
	}
	constant := pace.Constant(latency)
	a.Latency = &constant
	for _, f := range []llmapi.Failure{llmapi.NoFailure, llmapi.RateLimited, llmapi.ServerError} {
		if l.Status == nil || *l.Status == f.Status() {
			a.Fail = f
			return a, nil
		}
	}
	return a, fmt.Errorf("status must be 200, 429 or 500, not %d", *l.Status)
}

func (l line) whole(api llmapi.API) (s llmapi.Shape, err error) {
	least := llmapi.MinAnswerBytes(api)
	switch {
	case l.Chunks != nil:
		return s, errors.New("chunks are of a stream; a json request has answer")
	case l.Answer == nil:
		return s, errors.New("answer must be the size of the answer in bytes")
	case *l.Answer < least:
		return s, fmt.Errorf("answer is %d, and one of this API needs at least %d bytes", *l.Answer, least)
	}
	return llmapi.Shape{AnswerBytes: *l.Answer, Chunks: 1, ChunkBytes: llmapi.MarkBytes}, nil
}

// stream returns the times of the chunks as well. It gives every chunk the same
// text: the mean of their sizes, and at least a mark.
func (l line) stream(api llmapi.API) (s llmapi.Shape, at []time.Duration, err error) {
	if l.Answer != nil {
		return s, nil, errors.New("answer is of a json request; a stream has chunks")
	}
	if len(l.Chunks) == 0 {
		return s, nil, errors.New("chunks must be a list of [milliseconds since the head, bytes of text], at least one")
	}
	text := 0.0
	for i, c := range l.Chunks {
		if len(c) != 2 {
			return s, nil, fmt.Errorf("chunks[%d] must be [milliseconds since the head, bytes of text]", i)
		}
		since, err := milliseconds(fmt.Sprintf("chunks[%d][0]", i), c[0], pace.Limit)
		if err != nil {
			return s, nil, err
		}
		if i > 0 && since < at[i-1] {
			return s, nil, fmt.Errorf("chunks[%d][0] goes back: the chunk before came at %v", i, ms(at[i-1]))
		}
		if !(c[1] >= 0 && c[1] <= mostBody) || c[1] != math.Trunc(c[1]) {
			return s, nil, fmt.Errorf("chunks[%d][1] must be whole bytes, 0 to %d", i, mostBody)
		}
		at = append(at, since)
		text += c[1]
	}
	each := max(llmapi.MarkBytes, int(math.Round(text/float64(len(l.Chunks)))))
	return llmapi.Shape{AnswerBytes: llmapi.MinAnswerBytes(api), Chunks: len(l.Chunks), ChunkBytes: each}, at, nil
}
