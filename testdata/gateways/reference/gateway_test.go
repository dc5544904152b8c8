package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startGateway puts a gateway with the given faults in front of upstream and
// returns its base URL.
func startGateway(t *testing.T, upstream http.Handler, faults ...string) string {
	t.Helper()
	url, _ := startCounted(t, upstream, faults...)
	return url
}

// startCounted also counts the connections that the gateway opens.
func startCounted(t *testing.T, upstream http.Handler, faults ...string) (base string, connections *atomic.Int64) {
	t.Helper()
	connections = new(atomic.Int64)
	backend := httptest.NewUnstartedServer(upstream)
	backend.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	backend.Start()
	t.Cleanup(backend.Close)
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	var switchedOn []fault
	for _, text := range faults {
		f, err := parseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		switchedOn = append(switchedOn, f)
	}
	front := httptest.NewServer(newGateway(target, switchedOn, scope{}))
	t.Cleanup(front.Close)
	return front.URL, connections
}

// post sends a small request; its answer is closed when the test ends.
func post(t *testing.T, url string) *http.Response {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(`{"input":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stream answers with count events in one write, after the request is read.
func stream(count int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, events(count))
	}
}

func events(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "data: {\"delta\":%d}\n\n", i)
	}
	return text.String()
}

func TestForwardsEverythingButHealth(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL, r.Header.Get("X-Question"), body)
	}))
	request, err := http.NewRequest(http.MethodPut, base+"/v1/a%2Fb?c=%20d", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Question", "why")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, want := readAll(t, response.Body), "PUT /v1/a%2Fb?c=%20d why body"; got != want {
		t.Errorf("upstream saw %q, want %q", got, want)
	}
	if response.StatusCode != http.StatusTeapot || response.Header.Get("X-Answer") != "yes" {
		t.Errorf("answer is %s with %v", response.Status, response.Header)
	}
	health, err := http.Get(base + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer health.Body.Close()
	if health.StatusCode != http.StatusOK {
		t.Errorf("/health is %s", health.Status)
	}
}

func TestStreamIsNotHeldBack(t *testing.T) {
	next := make(chan struct{})
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			http.NewResponseController(w).Flush() // first the head alone
			<-next
			fmt.Fprintf(w, "data: %d\n\n", i)
		}
	}))
	response := post(t, base) // returns only if the head is not held back
	lines := bufio.NewReader(response.Body)
	for i := range 3 {
		next <- struct{}{}
		line, err := lines.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i); err != nil || line != want {
			t.Fatalf("got %q, %v; want %q", line, err, want)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUpstreamConnectionIsReused(t *testing.T) {
	for _, fault := range []string{"", "burn=50us", "drop-chunk"} {
		var faults []string
		if fault != "" {
			faults = append(faults, fault)
		}
		base, connections := startCounted(t, stream(3), faults...)
		for range 200 {
			readAll(t, post(t, base).Body)
		}
		if n := connections.Load(); n != 1 {
			t.Errorf("fault %q: %d upstream connections for requests one by one, want 1", fault, n)
		}
	}
}

func TestRequestBodyEndsAtItsLength(t *testing.T) {
	body := &onceOnly{Reader: strings.NewReader("12345")}
	request := httptest.NewRequest(http.MethodPost, "/", body)
	request.ContentLength = 5
	endBodyAtItsLength(request)
	if got := readAll(t, request.Body); got != "12345" {
		t.Errorf("got %q", got)
	}
}

// onceOnly fails as the body of a server request does once it is closed.
type onceOnly struct {
	*strings.Reader
}

func (o *onceOnly) Read(p []byte) (int, error) {
	if o.Len() == 0 {
		return 0, http.ErrBodyReadAfterClose
	}
	return o.Reader.Read(p)
}

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

func TestDropChunkMendsTheLength(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Content-Length", fmt.Sprint(len(events(3))))
		io.WriteString(w, events(3))
	}), "drop-chunk")
	want := "data: {\"delta\":0}\n\ndata: {\"delta\":2}\n\n"
	if got := readAll(t, post(t, base).Body); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStreamFaultsLeaveJSONAlone(t *testing.T) {
	const answer = "{\"delta\":1}\n\n{\"delta\":2}\n\n{\"delta\":3}\n\n"
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer)
	}), "drop-chunk", "delay-chunk=1h", "delay-first-event=1h")
	if got := readAll(t, post(t, base).Body); got != answer {
		t.Errorf("got %q, want %q", got, answer)
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
