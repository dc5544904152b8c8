package load

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// TestMixedUpAnswers: a gateway that gives a client the right answer to another
// request is found, whether it swaps answers of requests in flight or repeats an
// earlier one, and whether or not it writes the answer anew.
func TestMixedUpAnswers(t *testing.T) {
	for _, api := range llmapi.All() {
		p, err := mockllm.Start(t.Context(), []string{os.Args[0], mockArg}, mockllm.Settings{API: api, Shape: shape})
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			for _, anew := range []bool{false, true} {
				for _, kept := range []bool{false, true} {
					s := throughMixer(t, p.Addr, api, mode, anew, kept)
					switch wrong := s.Errors[bench.ErrBody]; {
					case !kept && (wrong != 0 || len(s.Observations) != 40):
						t.Errorf("%s %s, anew %t: errors %v: %s", api, mode, anew, s.Errors, s.FirstError)
					case kept && (wrong < 3 || !strings.Contains(s.FirstError, "the answer to another request: it belongs to the prompt that ends in \"")):
						t.Errorf("%s %s, anew %t, every fourth answer kept: errors %v: %s", api, mode, anew, s.Errors, s.FirstError)
					}
				}
			}
		}
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// throughMixer measures through a gateway that gives every fourth answer twice if it
// keeps them, the second time instead of another.
func throughMixer(t *testing.T, upstream string, api llmapi.API, mode bench.Mode, anew, keeps bool) bench.Slice {
	t.Helper()
	kept := make(chan []byte, 1)
	n := make(chan int, 1)
	n <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Post("http://"+upstream+r.URL.Path, "application/json", r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		number := <-n
		n <- number + 1
		if keeps && number%4 == 2 {
			kept <- bytes.Clone(body)
		}
		if keeps && number%4 == 3 {
			body = <-kept
		}
		if anew {
			body = bytes.ReplaceAll(body, []byte(`{"`), []byte(`{ "`))
		}
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		_, _ = w.Write(body)
	}))
	defer server.Close()
	c, err := New(server.Listener.Addr().String(), Options{API: api, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	body, err := llmapi.RequestBody(api, llmapi.Ask{Mode: mode, Size: 500})
	if err != nil {
		t.Fatal(err)
	}
	job := &Job{Mode: mode, Body: body, Want: llmapi.JSONAnswer(api, shape), Shape: shape}
	s, err := c.Slice(t.Context(), []*Job{job}, Burst{Concurrency: 4, MinRequests: 40})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
