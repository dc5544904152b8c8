package probe

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// on goes on for a client that has gone, and reads to the end.
func on(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(unheard{w}, r.WithContext(context.WithoutCancel(r.Context())))
	})
}

// unheard takes what is written though nobody reads it.
type unheard struct{ http.ResponseWriter }

func (u unheard) Write(p []byte) (int, error) {
	_, _ = u.ResponseWriter.Write(p)
	return len(p), nil
}

func (u unheard) FlushError() error {
	_ = http.NewResponseController(u.ResponseWriter).Flush()
	return nil
}

func TestGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		ranOn   []string // the cases
	}{
		"direct":                        {nil, nil},
		"clean":                         {clean, nil},
		"sends nothing, but hears it":   {collecting, nil},
		"goes on though nobody listens": {on, []string{insideStream, beforeHead, insideJSON}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := play(t, llmapi.Responses, c.gateway)
			for _, s := range slices.Concat(gone, goneJSON) {
				for _, part := range s.cases {
					x, err := s.make(t.Context(), p.in(part))
					if err != nil {
						t.Fatalf("%s: %v", part, err)
					}
					checkGone(t, part, x, len(c.ranOn) > 0, name == "sends nothing, but hears it" && part == insideJSON)
				}
			}
		})
	}
}

func checkGone(t *testing.T, part string, x exchange.Exchange, ranOn, over bool) {
	t.Helper()
	if len(x.Received) != 1 || x.Sent[0].Left == 0 {
		t.Errorf("%s: %d received, left at %v", part, len(x.Received), x.Sent[0].Left)
		return
	}
	r := x.Received[0]
	if r.Gone == (ranOn || over) || r.Ended == 0 || (r.Ended < x.Sent[0].Left) != over {
		t.Errorf("%s: the client left at %v, the backend's work ended at %v, gone %t", part, x.Sent[0].Left, r.Ended, r.Gone)
	}
	t.Logf("%s: ended %v after the client had gone, %d bytes", part, r.Ended-x.Sent[0].Left, r.Written)
}
