package main

import (
	"bufio"
	"context"
	"testing"
	"time"
)

func TestDelayFirstEventHoldsBackTheBodyOnly(t *testing.T) {
	const delay = 200 * time.Millisecond
	base := startGateway(t, stream(3), "delay-first-event=200ms")
	start := time.Now()
	response := post(t, base)
	head := time.Since(start)
	if got := readAll(t, response.Body); got != events(3) {
		t.Errorf("got %q", got)
	}
	if body := time.Since(start); body < delay || body-head < delay/2 {
		t.Errorf("head after %v, body after %v; want the head at once and the body after %v", head, body, delay)
	}
}

func TestDelayChunkHoldsBackEachEvent(t *testing.T) {
	const delay = 5 * time.Millisecond
	base := startGateway(t, stream(6), "delay-chunk=5ms")
	start := time.Now()
	if got := readAll(t, post(t, base).Body); got != events(6) {
		t.Errorf("got %q", got)
	}
	if took := time.Since(start); took < 6*delay {
		t.Errorf("six events took %v, want at least %v", took, 6*delay)
	}
}

func TestStallHitsOneInSoManyStreams(t *testing.T) {
	base := startGateway(t, stream(5), "stall=1/2")
	var stalled []int
	for i := 1; i <= 3; i++ {
		response := post(t, base)
		body := bufio.NewReader(response.Body)
		first, err := body.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if got := first + readAll(t, body); got != events(5) {
			t.Errorf("stream %d is %q", i, got)
		}
		if time.Since(begun) >= stallTime*9/10 {
			stalled = append(stalled, i)
		}
	}
	if len(stalled) != 1 || stalled[0] != 2 {
		t.Errorf("streams %v stalled, want the second of three", stalled)
	}
}

func TestStallEndsWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pause(ctx, time.Hour) // hangs if it does not
}
