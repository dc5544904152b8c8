package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func answersOK(http.ResponseWriter, *http.Request) {}

func TestHang(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(answersOK), "hang=50%")
	for i := 1; i <= 4; i++ {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if i%2 == 1 {
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if hung := errors.Is(err, context.DeadlineExceeded); hung != (i%2 == 0) {
			t.Errorf("request %d: %v", i, err)
		}
		if err == nil {
			readAll(t, response.Body)
		}
		cancel()
	}
}

func TestRejectLarge(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(answersOK), "reject-large=1KB")
	for size, want := range map[int]int{1024: 200, 1025: 413} {
		response, err := http.Post(base, "application/json", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, response.Body)
		if response.StatusCode != want {
			t.Errorf("%d bytes: status %d, want %d", size, response.StatusCode, want)
		}
	}
}

func TestRateLimit(t *testing.T) {
	l := &rateLimit{most: 2}
	start := time.Unix(100, 0)
	for i, want := range []bool{true, true, false, false} {
		if got := l.allows(start.Add(time.Duration(i) * 100 * time.Millisecond)); got != want {
			t.Errorf("request %d: %v", i, got)
		}
	}
	if !l.allows(start.Add(time.Second)) {
		t.Error("the next second does not begin anew")
	}
	base := startGateway(t, http.HandlerFunc(answersOK), "rate-limit=1")
	limited := false
	for range 3 {
		response := post(t, base)
		readAll(t, response.Body)
		limited = limited || response.StatusCode == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("nothing was limited")
	}
}
