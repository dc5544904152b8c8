package load

import (
	"fmt"
	"io"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestFailuresOfTheMock: what the mock fails with on purpose has to arrive as
// that, and then it is neither a latency nor an error.
func TestFailuresOfTheMock(t *testing.T) {
	refused := []byte(`{"error":{"type":"rate_limit"}}`)
	status := func(code int, body []byte) string {
		return fmt.Sprintf("HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", code, len(body), body)
	}
	limited := func(mode bench.Mode) *Job {
		return &Job{Mode: mode, Body: []byte(`{}`), Want: refused, Shape: shape, Status: 429}
	}
	cut := func(mode bench.Mode) *Job {
		return &Job{Mode: mode, Body: []byte(`{}`), Want: want, Shape: shape, Cut: true}
	}
	half := jsonAnswer(want)
	half = half[:len(half)-len(want)/2]
	stream := func(ended bool) string {
		whole := chunked(frames()[:4]...)
		if !ended {
			whole = whole[:len(whole)-len("0\r\n\r\n")]
		}
		return streamHead + string(whole)
	}
	const open, shut = true, false
	for _, test := range []struct {
		name string
		job  *Job
		sent string
		then bool // the connection stays open
		want bench.ErrorClass
	}{
		{"429 as it came", limited(bench.JSON), status(429, refused), open, ""},
		{"429 to a stream", limited(bench.SSE), status(429, refused), open, ""},
		{"429 written anew", limited(bench.JSON), status(429, []byte(`{"error": {"type": "rate_limit"}}`)), open, ""},
		// What the status says is what counts: gateways word errors anew.
		{"429 with another body", limited(bench.JSON), status(429, []byte(`{"error":"busy"}`)), open, ""},
		{"429 with a body that is no JSON", limited(bench.JSON), status(429, []byte("slow down")), open, ""},
		{"429 made a 502", limited(bench.JSON), status(502, refused), open, bench.ErrStatus},
		{"429 retried until it was none", limited(bench.JSON), jsonAnswer(want), open, bench.ErrStatus},
		{"cut", cut(bench.JSON), half, shut, ""},
		{"cut before the head was passed on", cut(bench.JSON), "", shut, ""},
		{"cut made a 502", cut(bench.JSON), status(502, []byte("bad gateway")), open, ""},
		{"cut stream", cut(bench.SSE), stream(false), shut, ""},
		{"cut stream ended as if whole", cut(bench.SSE), stream(true), open, bench.ErrHidden},
		{"cut stream that ends with an error", cut(bench.SSE), stream(true)[:len(stream(true))-len("0\r\n\r\n")] +
			string(chunked([]byte("event: error\ndata: {\"type\":\"error\",\"message\":\"the backend is gone\"}\n\n"))), open, ""},
		{"cut made a 404", cut(bench.SSE), status(404, refused), open, bench.ErrStatus},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t, func(w io.Writer, _ int) bool {
				io.WriteString(w, test.sent)
				return test.then
			})
			s := slice1(t, c, test.job, Burst{Concurrency: 1, MinRequests: 3})
			if len(s.Observations) != 0 {
				t.Errorf("%d failures have a latency", len(s.Observations))
			}
			passedOn, wrong := 3, 0
			if test.want != "" {
				passedOn, wrong = 0, 3
			}
			if s.Failures != passedOn || s.Errors[test.want] != wrong || len(s.Errors) > 1 {
				t.Errorf("%d failures passed on, errors %v (%s); wanted %d passed on, %d of %q", s.Failures, s.Errors, s.FirstError, passedOn, wrong, test.want)
			}
		})
	}
}

// TestJobsTakeTurns, also from slice to slice.
func TestJobsTakeTurns(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n%2 == 1 {
			io.WriteString(w, jsonAnswer(want))
			return true
		}
		_, err := io.WriteString(w, streamHead+string(chunked(frames()...)))
		return err == nil
	})
	jobs := []*Job{job(bench.SSE), job(bench.JSON)} // the second is the first one sent
	for range 5 {
		s, err := c.Slice(t.Context(), jobs, Burst{Concurrency: 1, MinRequests: 3})
		if err != nil || len(s.Observations) != 3 {
			t.Fatalf("%v; %v %s", err, s.Errors, s.FirstError)
		}
	}
}
