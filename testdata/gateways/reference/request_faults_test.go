package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestDelayHoldsBackTheRequest(t *testing.T) {
	for _, fault := range []string{"delay=20ms", "burn=20ms"} {
		var arrived time.Time
		base := startGateway(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived = time.Now() }), fault)
		start := time.Now()
		readAll(t, post(t, base).Body)
		if after := arrived.Sub(start); after < 20*time.Millisecond {
			t.Errorf("%s: the request was forwarded after %v", fault, after)
		}
	}
}

func TestPauseHoldsAShare(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(echo), "pause=25%")
	for i := 1; i <= 8; i++ {
		start := time.Now()
		readAll(t, post(t, base).Body)
		// An unpaused request may be slow on a busy machine, a paused one never fast.
		if took := time.Since(start); i%4 == 0 && took < pauseTime {
			t.Errorf("request %d took %v, want %v", i, took, pauseTime)
		}
	}
}

func TestBurnAfterTheAnswer(t *testing.T) {
	const requests, each = 10, 10 * time.Millisecond
	base := startGateway(t, http.HandlerFunc(echo), "burn-after=10ms")
	cpu := processCPUTime()
	for range requests {
		readAll(t, post(t, base).Body)
	}
	for began := time.Now(); processCPUTime()-cpu < requests*each; time.Sleep(each) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d requests used %v, want %v each", requests, processCPUTime()-cpu, each)
		}
	}
}

func TestErrorIsSpreadEvenly(t *testing.T) {
	tests := map[string][]int{
		"error=25%":  {4, 8, 12},
		"error=40%":  {3, 5, 8, 10},
		"error=100%": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
	}
	for fault, want := range tests {
		base := startGateway(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), fault)
		var failed []int
		for i := 1; i <= 12; i++ {
			response := post(t, base)
			readAll(t, response.Body)
			if response.StatusCode == http.StatusInternalServerError {
				failed = append(failed, i)
			}
		}
		if fmt.Sprint(failed) != fmt.Sprint(want) {
			t.Errorf("%s: requests %v failed, want %v", fault, failed, want)
		}
	}
}

func TestIdleness(t *testing.T) {
	var start time.Time
	i := &idleness{since: start}
	at := func(milliseconds int) time.Time { return start.Add(time.Duration(milliseconds) * time.Millisecond) }
	steps := []struct {
		milliseconds int
		ends         bool // a request ends, otherwise one begins
		idle         bool
	}{
		{99, false, false},  // too soon after the start
		{300, true, false},  // in flight all the time
		{399, false, false}, // too soon after the last
		{400, true, false},
		{500, false, true},
		{700, false, false}, // another is in flight
		{710, true, false},
		{720, true, false},
		{819, false, false},
		{820, true, false},
		{920, false, true},
	}
	for _, step := range steps {
		if step.ends {
			i.end(at(step.milliseconds))
			continue
		}
		if got := i.begin(at(step.milliseconds)); got != step.idle {
			t.Errorf("after %d ms: idle %t, want %t", step.milliseconds, got, step.idle)
		}
	}
}

func TestSlowAfterIdle(t *testing.T) {
	const delay = 300 * time.Millisecond
	base := startGateway(t, stream(3), "slow-after-idle=300ms")
	slow := 0
	for range 2 {
		time.Sleep(idleTime)
		for range 5 {
			start := time.Now()
			readAll(t, post(t, base).Body)
			if time.Since(start) >= delay {
				slow++
			}
		}
	}
	if slow < 2 || slow == 10 {
		t.Errorf("%d of 10 requests were slow, want the first of each five", slow)
	}
}
