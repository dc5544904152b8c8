//go:build measured

package probe

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// sleepy takes its time for the first request after a while.
func sleepy(next http.Handler) http.Handler {
	var last atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if now := time.Now().UnixNano(); now-last.Swap(now) > int64(rest/2) {
			time.Sleep(30 * time.Millisecond)
		}
		next.ServeHTTP(w, r)
	})
}

func TestMeasuredIdle(t *testing.T) {
	for name, gateway := range map[string]func(http.Handler) http.Handler{"direct": nil, "clean": clean, "sleepy": sleepy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := probe(t, bench.ProbeIdle, gateway).Idle
			if slow := i.Longer() > 25e-3; slow != (name == "sleepy") || i.Then <= 0 || i.First <= 0 || i.Rests != rests {
				t.Errorf("%+v", i)
			}
		})
	}
}
