package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// echo answers with the length announced and the body.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%d %v %s", r.ContentLength, err, body)
}

// send posts a body, in chunks if its length is not to be known.
func send(t *testing.T, base string, body io.Reader) (status int, answer string) {
	t.Helper()
	response, err := http.Post(base, "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, readAll(t, response.Body)
}

func TestParseReserialises(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(echo), "parse")
	const body = "{\"model\": \"m\",\n \"n\": 12345678901234567890.10, \"input\": [\"<&>\", null, {\"b\": 1, \"a\": true}]}\n"
	const want = `{"input":["<&>",null,{"a":true,"b":1}],"model":"m","n":12345678901234567890.10}`
	for _, reader := range []io.Reader{strings.NewReader(body), io.MultiReader(strings.NewReader(body))} {
		status, got := send(t, base, reader)
		if status != http.StatusOK || got != fmt.Sprintf("%d <nil> %s", len(want), want) {
			t.Errorf("upstream saw %s, want %d bytes of %s", got, len(want), want)
		}
	}
	var before, after any
	if json.Unmarshal([]byte(body), &before) != nil || json.Unmarshal([]byte(want), &after) != nil || !reflect.DeepEqual(before, after) {
		t.Error("the body changed its meaning")
	}
}

func TestParseRefusesWhatIsNoJSON(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("it was forwarded")
	}), "parse")
	for _, body := range []string{"{", "hello", "{} {}", `{"a":1}]`} {
		if status, answer := send(t, base, strings.NewReader(body)); status != http.StatusBadRequest || !strings.Contains(answer, "request body") {
			t.Errorf("%q: %d %s", body, status, answer)
		}
	}
}

func TestParseLeavesAnEmptyBodyAlone(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(echo), "parse")
	response, err := http.Get(base)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := readAll(t, response.Body); got != "0 <nil> " {
		t.Errorf("upstream saw %q", got)
	}
}

func TestCostOfABody(t *testing.T) {
	tests := []struct {
		cost        func(strength, bytes int64) float64
		strength    time.Duration
		bytes       int64
		nanoseconds float64
	}{
		{perByte, 1000 * time.Nanosecond, 100, 100},
		{perByte, 1000 * time.Nanosecond, 10 << 10, 10240},
		{perByte, 1000 * 5 * time.Nanosecond, 100 << 10, 512_000},
		{perByte, 1000 * time.Hour, 1 << 30, 3.6e12 * (1 << 30)},
		{quadratic, 100 * time.Nanosecond, 1 << 10, 100},
		{quadratic, 100 * time.Nanosecond, 10 << 10, 10_000},
		{quadratic, 100 * time.Nanosecond, 100 << 10, 1_000_000},
		{quadratic, 100 * time.Nanosecond, 512, 25},
	}
	for _, test := range tests {
		if got := test.cost(int64(test.strength), test.bytes); got != test.nanoseconds {
			t.Errorf("%v, %d bytes: %g ns, want %g", test.strength, test.bytes, got, test.nanoseconds)
		}
	}
}

func TestLargeBodiesCostTime(t *testing.T) {
	body := strings.Repeat("x", 100<<10)
	for _, fault := range []string{"per-byte=1us", "quadratic=10us"} { // 102 ms, 100 ms
		base := startGateway(t, http.HandlerFunc(echo), fault)
		for _, reader := range []io.Reader{strings.NewReader(body), io.MultiReader(strings.NewReader(body))} {
			start := processCPUTime()
			if _, got := send(t, base, reader); got != fmt.Sprintf("%d <nil> %s", len(body), body) {
				t.Errorf("%s: another body came out", fault)
			}
			if used := processCPUTime() - start; used < 100*time.Millisecond {
				t.Errorf("%s: used %v of CPU time, want at least 100ms", fault, used)
			}
		}
	}
}
