package probe

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// answering changes the head of answers with an error status.
func answering(change func(h http.Header, status int) int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&otherHead{w, change}, r) })
	}
}

type otherHead struct {
	http.ResponseWriter
	change func(h http.Header, status int) int
}

func (o *otherHead) WriteHeader(status int) {
	if status >= 400 {
		status = o.change(o.Header(), status)
	}
	o.ResponseWriter.WriteHeader(status)
}

func (o *otherHead) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// ending calls end where the proxy gives an answer up.
func ending(end func(r *http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					_ = http.NewResponseController(w).Flush()
					end(r)
				}
			}()
			next.ServeHTTP(&unknownLength{w}, r)
		})
	}
}

type unknownLength struct{ http.ResponseWriter }

func (u *unknownLength) WriteHeader(status int) {
	u.Header().Del("Content-Length")
	u.ResponseWriter.WriteHeader(status)
}

func (u *unknownLength) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// retrying asks three times where the backend answers with 500 or above.
func retrying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answer := httptest.NewRecorder()
		for range 3 {
			answer = httptest.NewRecorder()
			r.Body = io.NopCloser(bytes.NewReader(body))
			if next.ServeHTTP(answer, r); answer.Code < 500 {
				break
			}
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// breaking answers with 429 for a while after an error of the backend.
func breaking(next http.Handler) http.Handler {
	var until atomic.Int64
	watched := answering(func(_ http.Header, status int) int {
		until.Store(time.Now().Add(300 * time.Millisecond).UnixNano())
		return status
	})(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if time.Now().UnixNano() < until.Load() {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		watched.ServeHTTP(w, r)
	})
}

// withoutErrors loses the events that tell of one.
func withoutErrors(in <-chan []byte, out func([]byte)) {
	for b := range in {
		if !bytes.Contains(b, []byte(`"error"`)) {
			out(b)
		}
	}
}

// withCases are a behaviour's facts of some cases.
func withCases(name string, cases ...string) (all []string) {
	for _, c := range cases {
		all = append(all, name+" "+c)
	}
	return all
}

// TestFailures: what becomes of a backend's failures is found, for each kind of failure.
func TestFailures(t *testing.T) {
	t.Parallel()
	statuses := []string{"400", "401", "404", "429", "500", "503", "429 for a stream", "500 for a stream"}
	limits := []string{"429", "429 for a stream"}
	others := []string{"400", "401", "404", "429", "429 for a stream"}
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		want    []string
	}{
		"clean": {clean, nil},
		"500 for all": {
			answering(func(http.Header, int) int { return 500 }), withCases("changes-errors", others...),
		},
		"502 for what fails": {
			answering(func(_ http.Header, status int) int {
				if status >= 500 {
					return 502
				}
				return status
			}), nil,
		},
		"200 for all": {
			answering(func(http.Header, int) int { return 200 }), withCases("hides-errors", statuses...),
		},
		"loses Retry-After": {
			answering(func(h http.Header, status int) int { h.Del("Retry-After"); return status }), withCases("loses-retry-after", limits...),
		},
		"hides cuts":    {ending(func(*http.Request) {}), withCases("hides-errors", "JSON cut", "stream cut")},
		"hangs at cuts": {ending(func(r *http.Request) { <-r.Context().Done() }), withCases("hangs-on-errors", "JSON cut", "stream cut")},
		"opens a circuit": {
			breaking, []string{"unwell-after-errors"},
		},
		"loses error events": {pumping(withoutErrors), withCases("hides-errors", "error event")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := harms(t, llmapi.Chat, failures, c.gateway)
			slices.Sort(c.want)
			if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, c.want) {
				t.Errorf("seen %q, want %q: %+v", got, c.want, seen)
			}
		})
	}
}

// TestFailuresOfAPIs: of a right gateway nothing is seen, whatever the API.
func TestFailuresOfAPIs(t *testing.T) {
	t.Parallel()
	for _, api := range []llmapi.API{llmapi.Responses, llmapi.Messages} {
		if seen := harms(t, api, failures, clean); len(seen) > 0 {
			t.Errorf("%s: %+v", api, seen)
		}
	}
}

// TestRetries: they are counted.
func TestRetries(t *testing.T) {
	t.Parallel()
	for _, f := range factsOf(t, llmapi.Chat, failures, retrying) {
		if f.Behaviour != "retries" || f.Arm != bench.Head {
			continue
		}
		again := f.Case == "500" || f.Case == "503" || f.Case == "500 for a stream"
		if f.Of == 0 || (f.Seen > 0) != again || again && *f.Value != 3 {
			t.Errorf("%+v", f)
		}
	}
}
