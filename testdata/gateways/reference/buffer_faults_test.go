package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// paced is an upstream whose one stream goes on when the test says so.
type paced struct {
	begun  chan struct{} // closed when the head is sent
	writes chan string   // closed for the end
}

func newPaced() *paced { return &paced{make(chan struct{}), make(chan string)} }

func (p *paced) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	http.NewResponseController(w).Flush()
	close(p.begun)
	for text := range p.writes {
		io.WriteString(w, text)
		http.NewResponseController(w).Flush()
	}
}

// ask posts and reports the answer when its head has come.
func ask(base string) <-chan *http.Response {
	answer := make(chan *http.Response, 1)
	go func() {
		response, err := http.Post(base, "application/json", strings.NewReader("{}"))
		if err != nil {
			response = &http.Response{Status: err.Error(), Body: http.NoBody}
		}
		answer <- response
	}()
	return answer
}

// held fails the test if the head comes within a time in which it otherwise would.
func held(t *testing.T, answer <-chan *http.Response, until string) {
	t.Helper()
	select {
	case response := <-answer:
		t.Fatalf("%s before %s", response.Status, until)
	case <-time.After(100 * time.Millisecond):
	}
}

// comes waits for the head.
func comes(t *testing.T, answer <-chan *http.Response) *http.Response {
	t.Helper()
	select {
	case response := <-answer:
		t.Cleanup(func() { response.Body.Close() })
		return response
	case <-time.After(20 * time.Second):
		t.Fatal("no head of an answer")
		return nil
	}
}

func TestHoldHeadWaitsForTheFirstEvent(t *testing.T) {
	upstream := newPaced()
	answer := ask(startGateway(t, upstream, "hold-head"))
	<-upstream.begun
	held(t, answer, "the first event")
	upstream.writes <- events(1)
	response := comes(t, answer) // though the stream has not ended
	close(upstream.writes)
	if got := readAll(t, response.Body); got != events(1) {
		t.Errorf("got %q", got)
	}
}

func TestBufferWaitsForTheWholeAnswer(t *testing.T) {
	upstream := newPaced()
	answer := ask(startGateway(t, upstream, "buffer"))
	<-upstream.begun
	upstream.writes <- events(1)
	held(t, answer, "the end")
	close(upstream.writes)
	if got := readAll(t, comes(t, answer).Body); got != events(1) {
		t.Errorf("got %q", got)
	}
}

func TestBufferOfASizeLetsTheHeadPass(t *testing.T) {
	upstream := newPaced()
	response := comes(t, ask(startGateway(t, upstream, "buffer=1KB")))
	go func() {
		for i := range 3 {
			upstream.writes <- events(i)
		}
		close(upstream.writes)
	}()
	if got, want := readAll(t, response.Body), events(0)+events(1)+events(2); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBufferSendsItsSizeAtATime(t *testing.T) {
	upstream := newPaced()
	go func() {
		for range 40 {
			upstream.writes <- strings.Repeat("x", 99) + "\n"
		}
		close(upstream.writes)
	}()
	got := chunkSizes(t, startGateway(t, upstream, "buffer=1KB"))
	if want := []int{1024, 1024, 1024, 928}; !slices.Equal(got, want) {
		t.Errorf("chunks of %v bytes, want %v", got, want)
	}
}

// chunkSizes are the pieces in which the body of an answer comes: a net/http
// server makes one chunk of each write that is flushed.
func chunkSizes(t *testing.T, base string) (sizes []int) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: gateway\r\nContent-Length: 2\r\n\r\n{}")
	answer := bufio.NewReader(conn)
	line := func() string {
		text, err := answer.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(text)
	}
	for line() != "" { // the head
	}
	for {
		size, err := strconv.ParseInt(line(), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			return sizes
		}
		sizes = append(sizes, int(size))
		if _, err := answer.Discard(int(size) + len("\r\n")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBufferDoesNotHideACutAnswer(t *testing.T) {
	for _, fault := range []string{"buffer", "buffer=1KB"} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, events(2))
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}), fault)
		response := comes(t, ask(base))
		_, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: a cut answer looks whole: %s", fault, response.Status)
		}
	}
}
