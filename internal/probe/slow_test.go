package probe

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// holdingOfTest is what this process has, in which the toy gateways run.
func holdingOfTest() exchange.Holding {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return exchange.Holding{RSS: int64(m.HeapAlloc), Threads: 10, Descriptors: 10}
}

func TestReadSlowly(t *testing.T) {
	for name, c := range map[string]struct {
		gateway   func(http.Handler) http.Handler
		whole     bool
		meanwhile bool
	}{
		"direct":            {nil, false, true},
		"clean":             {clean, false, true},
		"takes all in":      {collecting, true, true},
		"is busy with them": {alone, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := play(t, llmapi.Responses, c.gateway)
			if c.gateway != nil {
				p.Holding = holdingOfTest
			}
			calmly(t, func() error {
				x, err := atLeisure(t.Context(), p)
				if err != nil {
					return err
				}
				r := x.Slow
				t.Logf("%+v of %d", *r, x.Bytes)
				if whole := r.Written > x.Bytes*3/4; whole != c.whole || (r.Meanwhile > 0) != c.meanwhile || r.Alone <= 0 {
					return fmt.Errorf("whole %t, answers meanwhile %t", whole, r.Meanwhile > 0)
				}
				if r.Read > 2<<20 || r.Written < r.Read || (r.Before > 0) != (c.gateway != nil) || r.Peak < r.Before {
					return fmt.Errorf("%+v", r)
				}
				return nil
			})
		})
	}
}

// TestSlowlyFails: a gateway that fails is an error that says how.
func TestSlowlyFails(t *testing.T) {
	if _, err := atLeisure(t.Context(), play(t, llmapi.Responses, failing)); err == nil {
		t.Error("no error")
	}
}

// A large stream is as large with every API.
func TestSlowStreamsAreLarge(t *testing.T) {
	for _, api := range llmapi.All() {
		if n := slowBytes(slowPlay(api), api); n < 15<<20 || n > 18<<20 {
			t.Errorf("%s: %d bytes", api, n)
		}
	}
}
