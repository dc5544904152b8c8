package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// toGateway changes a reverse proxy that does nothing wrong.
type toGateway func(*httputil.ReverseProxy) http.Handler

func asItIs(p *httputil.ReverseProxy) http.Handler { return p }

// shownBy are what the exchanges of some situations show of a gateway, beside the
// direct path.
func shownBy(t *testing.T, api llmapi.API, gateway toGateway, all []situation) []bench.Fact {
	t.Helper()
	return factsOf(t, api, all, func(next http.Handler) http.Handler { return gateway(next.(*httputil.ReverseProxy)) })
}

// harmNames are the names of the harm that every exchange showed, and fails the test for
// what was seen in some only and for what could not be.
func harmNames(t *testing.T, facts []bench.Fact) []bench.BehaviourName {
	t.Helper()
	found := map[bench.BehaviourName]bool{}
	for _, f := range facts {
		b, _ := behaviour.Describe(f.Behaviour)
		switch {
		case !b.Harm || f.Arm != bench.Head:
		case f.Seen == 0:
		case f.Seen == f.Of:
			found[f.Behaviour] = true
		default:
			t.Errorf("sometimes: %+v", f)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// changing is a gateway that changes each request; the body is that of the request.
func changing(change func(r *http.Request, body []byte) []byte) toGateway {
	return func(p *httputil.ReverseProxy) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			body = change(r, body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			p.ServeHTTP(w, r)
		})
	}
}

// editing is a gateway that changes each answer.
func editing(change func(*http.Response)) toGateway {
	return func(p *httputil.ReverseProxy) http.Handler {
		p.ModifyResponse = func(r *http.Response) error {
			change(r)
			return nil
		}
		return p
	}
}

// inPlace changes the whole body of answers.
func inPlace(change func([]byte) []byte) toGateway {
	return editing(func(r *http.Response) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(change(body)))
		r.ContentLength = -1
		r.Header.Del("Content-Length")
	})
}

func isStream(r *http.Response) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream")
}

// caching answers what it has answered before.
func caching(p *httputil.ReverseProxy) http.Handler {
	var mu sync.Mutex
	kept := map[string]*httptest.ResponseRecorder{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		a := kept[string(body)]
		mu.Unlock()
		if a == nil {
			a = httptest.NewRecorder()
			p.ServeHTTP(a, r)
			mu.Lock()
			kept[string(body)] = a
			mu.Unlock()
		}
		maps.Copy(w.Header(), a.Header())
		_, _ = w.Write(a.Body.Bytes())
	})
}

// joining asks once for all who ask the same at a time.
func joining(p *httputil.ReverseProxy) http.Handler {
	type flight struct {
		once   sync.Once
		answer *httptest.ResponseRecorder
	}
	var mu sync.Mutex
	flights := map[string]*flight{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		f := flights[string(body)]
		if f == nil {
			f = &flight{answer: httptest.NewRecorder()}
			flights[string(body)] = f
		}
		mu.Unlock()
		f.once.Do(func() {
			r.Body = io.NopCloser(bytes.NewReader(body))
			p.ServeHTTP(f.answer, r.WithContext(context.WithoutCancel(r.Context())))
			mu.Lock()
			delete(flights, string(body))
			mu.Unlock()
		})
		maps.Copy(w.Header(), f.answer.Header())
		_, _ = w.Write(f.answer.Body.Bytes())
	})
}

// doubling asks twice.
func doubling(p *httputil.ReverseProxy) http.Handler {
	return changing(func(r *http.Request, body []byte) []byte {
		again := r.Clone(context.WithoutCancel(r.Context()))
		again.Body = io.NopCloser(bytes.NewReader(body))
		p.ServeHTTP(httptest.NewRecorder(), again)
		return body
	})(p)
}

// refusing has a limit of the size of bodies.
func refusing(p *httputil.ReverseProxy) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 100_000 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		p.ServeHTTP(w, r)
	})
}

// squeezing compresses streams for those who accept it, and flushes at the end.
func squeezing(p *httputil.ReverseProxy) http.Handler {
	return editing(func(r *http.Response) {
		if !isStream(r) || r.Header.Get("Content-Encoding") != "" || !strings.Contains(r.Request.Header.Get("Accept-Encoding"), "gzip") {
			return
		}
		from, to := io.Pipe()
		whole := r.Body
		go func() {
			z := gzip.NewWriter(to)
			_, err := io.Copy(z, whole)
			_ = z.Close()
			_ = to.CloseWithError(err)
		}()
		r.Body = from
		r.Header.Set("Content-Encoding", "gzip")
	})(p)
}

// unpacking reads what the backend has compressed, and says that it still is.
func unpacking(p *httputil.ReverseProxy) http.Handler {
	return editing(func(r *http.Response) {
		if r.Header.Get("Content-Encoding") != "gzip" {
			return
		}
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			panic(err)
		}
		r.Body = io.NopCloser(z)
		r.ContentLength = -1
		r.Header.Del("Content-Length")
	})(p)
}

// decoding decodes each piece of text by itself.
func decoding(p *httputil.ReverseProxy) http.Handler {
	return editing(func(r *http.Response) {
		r.Body = io.NopCloser(pieceDecoder{r.Body})
		r.ContentLength = -1
		r.Header.Del("Content-Length")
	})(p)
}

type pieceDecoder struct{ io.Reader }

func (d pieceDecoder) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p[:len(p)/4])
	return copy(p, bytes.ToValidUTF8(p[:n], []byte("\uFFFD"))), err
}

var (
	eventNameLine = regexp.MustCompile(`(?m)^event:.*\n`)
	toolArguments = regexp.MustCompile(`"arguments":"[^"]+(\\"[^"]*)*"`)
	mark          = regexp.MustCompile(`\[answer \d+\]`)
)

func TestWhatAGatewayDoes(t *testing.T) {
	t.Parallel()
	all := slices.Concat(plain, equal, varied, large)
	tests := []struct {
		name    string
		gateway toGateway
		in      []situation
		want    []bench.BehaviourName
	}{
		{"nothing wrong", asItIs, all, nil},
		{"cache", caching, equal, []bench.BehaviourName{"answers-from-cache"}},
		{"join", joining, equal, []bench.BehaviourName{"joins-requests"}},
		{"double", doubling, plain, []bench.BehaviourName{"asks-twice"}},
		{"a connection for each request", func(p *httputil.ReverseProxy) http.Handler {
			p.Transport.(*http.Transport).DisableKeepAlives = true
			return p
		}, equal, []bench.BehaviourName{"connection-per-request"}},
		{"prompt lost", changing(func(_ *http.Request, body []byte) []byte {
			stream := bytes.Contains(body, []byte(`"stream":true`))
			return fmt.Appendf(nil, `{"model":"m","stream":%t}`, stream)
		}), plain, []bench.BehaviourName{"drops-prompt"}},
		{"prompt cut", changing(func(_ *http.Request, body []byte) []byte {
			return append(mark.Find(body), fmt.Sprintf(`"stream":%t`, bytes.Contains(body, []byte(`"stream":true`)))...)
		}), plain, []bench.BehaviourName{"drops-prompt"}},
		{"stream flag lost", changing(func(_ *http.Request, body []byte) []byte {
			return bytes.Replace(body, []byte(`"stream":true`), []byte(`"stream":false`), 1)
		}), plain, []bench.BehaviourName{"changes-content-type", "drops-stream-flag"}},
		{
			"event names lost", inPlace(func(body []byte) []byte { return eventNameLine.ReplaceAll(body, nil) }), plain,
			[]bench.BehaviourName{"drops-event-names"},
		},
		{
			"content type", editing(func(r *http.Response) { r.Header.Set("Content-Type", "text/plain") }), plain,
			[]bench.BehaviourName{"changes-content-type"},
		},
		{"decoded in pieces", decoding, varied[:2], []bench.BehaviourName{"breaks-text"}},
		{
			"arguments lost", inPlace(func(body []byte) []byte { return toolArguments.ReplaceAll(body, []byte(`"arguments":"{}"`)) }), varied[:1],
			[]bench.BehaviourName{"breaks-tool-calls"},
		},
		{
			"escaped twice", inPlace(func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`\n`), []byte(`\\n`)) }), plain,
			[]bench.BehaviourName{"breaks-text"},
		},
		{"body limit", refusing, large, []bench.BehaviourName{"fails-requests"}},
		{"compressed and held", squeezing, varied[2:], []bench.BehaviourName{"holds-compressed-streams"}},
		{"unpacked under its old name", unpacking, varied[2:], []bench.BehaviourName{"breaks-compressed-answers"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			calmly(t, func() error {
				facts := shownBy(t, llmapi.Responses, test.gateway, test.in)
				if got := harmNames(t, facts); !slices.Equal(got, test.want) {
					return fmt.Errorf("found %q, want %q", got, test.want)
				}
				for _, f := range facts {
					if test.want == nil && f.Of == 0 {
						return fmt.Errorf("not seen: %+v", f)
					}
				}
				return nil
			})
		})
	}
}

// TestCleanGatewayIsClean: of every API.
func TestCleanGatewayIsClean(t *testing.T) {
	t.Parallel()
	for _, api := range llmapi.All() {
		t.Run(string(api), func(t *testing.T) {
			t.Parallel()
			if got := harmNames(t, shownBy(t, api, asItIs, slices.Concat(plain, equal, varied, large))); len(got) > 0 {
				t.Errorf("found %q", got)
			}
		})
	}
}
