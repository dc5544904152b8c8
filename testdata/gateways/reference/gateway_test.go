package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
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
	return serveGateway(t, newGateway(target, switchedOn(t, faults), scope{})), connections
}

func switchedOn(t *testing.T, texts []string) []fault {
	t.Helper()
	var faults []fault
	for _, text := range texts {
		f, err := parseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, f)
	}
	return faults
}

// serveGateway serves until the test ends, as the program does, and returns the
// base URL.
func serveGateway(t *testing.T, g *gateway) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, g) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return "http://" + listener.Addr().String()
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

// spoils lists the faults that damage what they are for.
var spoils = []string{"drop-chunk", "double-chunk", "reorder-chunks", "merge-chunks", "lose-end", "error", "own-first-event"}

// spoilsAll are those that leave nothing alone.
var spoilsAll = []string{"drop-prompt", "change-content-type"}

// quicker are strengths for faults whose usual one takes long.
var quicker = map[string]string{"poll": "poll=2ms", "delay-end": "delay-end=2ms"}

// A fault changes what its row says and nothing else: the other answers are what
// the upstream sent, and connections to it are kept.
func TestFaultsLeaveTheRestAlone(t *testing.T) {
	upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Answer", string(body))
		w.Header().Set("Content-Type", r.Header.Get("Accept"))
		io.WriteString(w, events(5)+"data: [DONE]\n\n")
	})
	const requests = 20
	for _, kind := range faultKinds {
		if slices.Contains(spoilsAll, kind.name) {
			continue
		}
		base, connections := startCounted(t, upstream, cmp.Or(quicker[kind.name], kind.name))
		for _, accept := range []string{"application/json", "text/event-stream"} {
			spoilt := slices.Contains(spoils, kind.name) && accept == "text/event-stream"
			for range requests {
				response, body := accepting(t, base, accept)
				if response.StatusCode != http.StatusOK || response.Header.Get("X-Answer") != `{"input":"x"}` || response.Header.Get("Content-Type") != accept {
					t.Fatalf("%s: %s with %v", kind.name, response.Status, response.Header)
				}
				if same := body == events(5)+"data: [DONE]\n\n"; same == spoilt && kind.name != "error" {
					t.Fatalf("%s: an answer to one who accepts %s is %q", kind.name, accept, body)
				}
			}
		}
		// One is enough; a busy machine may cost another.
		if n := connections.Load(); n > 3 && !strings.HasPrefix(kind.name, "churn") {
			t.Errorf("%s: %d upstream connections for %d requests one by one", kind.name, n, 2*requests)
		}
	}
}
