package probe

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// keeper is a gateway that keeps something of each request, as its holding says.
type keeper struct {
	memory, handles int64 // of each request
	served          atomic.Int64
}

func (k *keeper) gateway(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.served.Add(1)
		next.ServeHTTP(w, r)
	})
}

func (k *keeper) holding() exchange.Holding {
	n := k.served.Load()
	return exchange.Holding{RSS: 20<<20 + n*k.memory, Threads: 10, Descriptors: 10 + int(n*k.handles)}
}

func TestMany(t *testing.T) {
	for _, c := range []struct {
		class           string
		memory, handles int64
		want            exchange.Growth
	}{
		{class: "well", want: exchange.Steady},
		{class: "client gone", want: exchange.Steady},
		{class: "429", want: exchange.Steady},
		{class: "cut", want: exchange.Steady},
		{class: "500", memory: 10 << 10, want: exchange.Growing},
		{class: "client gone", handles: 1, want: exchange.Steady},
	} {
		k := &keeper{memory: c.memory, handles: c.handles}
		p := play(t, llmapi.Responses, k.gateway)
		p.Holding = k.holding
		calmly(t, func() error {
			x, err := manyOf(t.Context(), p.in(c.class))
			if err != nil {
				return fmt.Errorf("%s: %w", c.class, err)
			}
			t.Logf("%s: %d requests in %v", c.class, x.Kept.Requests, x.Kept.Took)
			if x.Kept.Requests < exchange.FewestKept {
				return nil // this machine is too busy
			}
			if growth, each := x.Kept.Growth(); growth != c.want || each > 11<<10 {
				return fmt.Errorf("%s: %v, %.0f bytes for each request", c.class, growth, each)
			}
			if kept := x.Kept.After.Descriptors - x.Kept.Before.Descriptors; kept < int(c.handles)*x.Kept.Requests || c.handles == 0 && kept != 0 {
				return fmt.Errorf("%s: %d descriptors of %d requests", c.class, kept, x.Kept.Requests)
			}
			return nil
		})
	}
}

// TestManyOfFew: a gateway that is too slow, or refuses all, takes no second.
func TestManyOfFew(t *testing.T) {
	p := play(t, llmapi.Responses, failing)
	p.Holding = (&keeper{}).holding
	x, err := manyOf(t.Context(), p.in("well"))
	if err != nil || x.Kept.Requests != 0 || x.Kept.Took > 2*manyWarm {
		t.Errorf("%+v, %v", x.Kept, err)
	}
	if x, err = manyOf(t.Context(), play(t, llmapi.Responses, nil)); err != nil || x.Kept != nil {
		t.Errorf("the direct path has no memory of its own: %+v, %v", x, err)
	}
}

func TestAtRest(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]int64{"asleep": 0, "busy": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &player{Subject: Subject{}}
			p.Holding = func() exchange.Holding { return exchange.Holding{CPU: moment() / 10 * time.Duration(share)} }
			x, err := atRest(t.Context(), p)
			if err != nil || x.Kept.Restless() != (share > 0) || len(x.Kept.Course) != restParts+1 {
				t.Errorf("%+v, %v", x.Kept, err)
			}
		})
	}
}
