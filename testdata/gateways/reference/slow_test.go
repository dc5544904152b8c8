package main

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestOverheadLeavesOutWhatWasBurnt(t *testing.T) {
	tests := map[string]struct {
		requests          int64
		now, start, burnt time.Duration
		want              time.Duration
	}{
		"nothing during start-up":   {startUp, 40 * time.Millisecond, 0, 0, 0},
		"from the next request on":  {startUp + 50, 25 * time.Millisecond, 0, 0, 100 * time.Microsecond},
		"not what was there before": {1000, 105 * time.Millisecond, 5 * time.Millisecond, 0, 100 * time.Microsecond},
		"not what was burnt":        {1000, 125 * time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 100 * time.Microsecond},
	}
	for name, test := range tests {
		var requests atomic.Int64
		requests.Store(test.requests)
		o := &overhead{clock: func() time.Duration { return test.now }, requests: &requests, started: test.start}
		o.burnt.Store(int64(test.burnt))
		if got := o.perRequest(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// Only the lower bound is checked: on a busy machine the process may use more CPU
// time than asked for, never less.
func TestSlowPercentBurnsItsShare(t *testing.T) {
	g := &gateway{}
	installSlowPercent(g, whole/2)
	handler := g.traffic.through(g.handlers[0](http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		burn(50 * time.Microsecond)
	})))
	const requests = 4 * startUp
	start := processCPUTime()
	for range requests {
		handler.ServeHTTP(nil, nil)
	}
	used := processCPUTime() - start
	work := requests * 50 * time.Microsecond
	least := work + (requests-startUp)*25*time.Microsecond
	if used < least*95/100 {
		t.Errorf("%v of work used %v of CPU time, want at least %v", work, used, least)
	}
}

func TestProcessCPUTimeCountsEveryThread(t *testing.T) {
	start := processCPUTime()
	done := make(chan struct{})
	go func() {
		burn(5 * time.Millisecond)
		close(done)
	}()
	<-done
	if used := processCPUTime() - start; used < 5*time.Millisecond {
		t.Errorf("5ms burnt in another thread show as %v", used)
	}
}
