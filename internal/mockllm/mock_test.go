package mockllm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// asMock is the argument that makes the test binary a mock process.
const asMock = "mock-process-of-the-test"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asMock {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	if len(os.Args) > 1 && os.Args[1] == asNaive {
		os.Exit(naive())
	}
	os.Exit(m.Run())
}

func plain() Settings {
	return Settings{API: llmapi.Responses, Shape: llmapi.DefaultShape(), Seed: 1}
}

// serve runs a mock inside the test and returns its address.
func serve(t *testing.T, s Settings) string {
	t.Helper()
	return serveBoth(t, s).Plain.String()
}

// serveBoth runs a mock inside the test.
func serveBoth(t *testing.T, s Settings) Bound {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	at := make(chan Bound, 1)
	ended := make(chan error, 1)
	go func() {
		loopback := netip.MustParseAddrPort("127.0.0.1:0")
		ended <- Serve(ctx, Listen{Plain: loopback, TLS: loopback}, s, func(bound Bound) { at <- bound })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	select {
	case bound := <-at:
		return bound
	case err := <-ended:
		ended <- nil
		t.Fatalf("Serve: %v", err)
		return Bound{}
	}
}

func dial(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c.(*net.TCPConn)
}

func body(t testing.TB, api llmapi.API, mode bench.Mode, size int) []byte {
	t.Helper()
	b, err := llmapi.RequestBody(api, llmapi.Ask{Mode: mode, Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// request is a whole POST as bytes.
func post(t testing.TB, api llmapi.API, mode bench.Mode, size int) []byte {
	t.Helper()
	b := body(t, api, mode, size)
	return append(fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: mock\r\nContent-Length: %d\r\n\r\n", api.Path(), len(b)), b...)
}

func readStats(t *testing.T, addr string) (s Stats) {
	t.Helper()
	status, got := get(t, "GET", addr, statsPath, nil)
	if status != 200 {
		t.Fatalf("stats: status %d", status)
	}
	if err := json.Unmarshal(got, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// get makes a request over a connection of its own.
func get(t *testing.T, method, addr, path string, payload io.Reader) (status int, got []byte) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	req, err := http.NewRequest(method, "http://"+addr+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got
}

// checkJSON verifies that a body is the mock's own answer, byte for byte.
func checkJSON(api llmapi.API, shape llmapi.Shape, got []byte) error {
	want := judge.New(api).Expect(llmapi.JSONAnswer(api, shape), 200)
	if len(got) != len(want.Bytes()) || !want.Continues(0, got) {
		return fmt.Errorf("got %s, want %s", got, want.Bytes())
	}
	return nil
}

// marks are the numbers and times of all chunks in a stream, in order.
func marks(stream []byte) (chunks []int, sent []int64) {
	for i := range max(0, len(stream)-llmapi.MarkBytes+1) {
		chunk, isNumber := llmapi.ParseNumber(stream[i:])
		stamp := llmapi.Stamp(stream[i+llmapi.TimeOffset:])
		if ns, isTime := stamp.Parse(); isNumber && isTime {
			chunks, sent = append(chunks, chunk), append(sent, ns)
		}
	}
	return chunks, sent
}

// checkStream verifies an SSE body against what the shape promises, and returns
// when its chunks were sent.
func checkStream(t *testing.T, api llmapi.API, shape llmapi.Shape, stream io.Reader) (sent []int64) {
	t.Helper()
	c := judge.New(api).Stream(llmapi.Stream{Shape: shape})
	var name []byte
	lines := bufio.NewReader(stream)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if value, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			name = bytes.TrimSuffix(value, []byte{'\n'})
		}
		if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			_, times, fault := c.Event(name, bytes.TrimSuffix(data, []byte{'\n'}))
			name = nil
			if fault != nil {
				t.Errorf("%s: %v in %.200s", api, *fault, data)
			}
			sent = append(sent, times...)
		}
	}
	if fault := c.End(); fault != nil {
		t.Errorf("%s: %v", api, *fault)
	}
	return sent
}

func TestRoutes(t *testing.T) {
	addr := serve(t, plain())
	for _, tc := range []struct{ method, path, body, want string }{
		{"GET", "/health", "", `{"status":"ok"}`},
		{"GET", "/health?deep=1", "", `{"status":"ok"}`},
		{"GET", "/v1/models", "", `"id":"bench-model"`},
		{"GET", "/v1/models/some%20%22model", "", `"id":"some%20%22model"`},
		{"POST", "/v1/embeddings", "{}", `"embedding":[`},
		{"HEAD", "/health", "", ""},
		{"HEAD", "/v1/models", "", ""},
	} {
		status, got := get(t, tc.method, addr, tc.path, strings.NewReader(tc.body))
		if status != 200 || !strings.Contains(string(got), tc.want) || tc.want == "" && len(got) > 0 {
			t.Errorf("%s %s: %d %s, want %s", tc.method, tc.path, status, got, tc.want)
		}
	}
}

func TestAnswersEveryAPI(t *testing.T) {
	settings := plain()
	settings.API, settings.Shape.AnswerBytes = llmapi.Messages, llmapi.MinAnswerBytes(llmapi.Messages)
	addr := serve(t, settings)
	for _, api := range llmapi.All() {
		shape := settings.Shape
		shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(api))
		status, got := get(t, "POST", addr, api.Path(), bytes.NewReader(body(t, api, bench.JSON, 1024)))
		if err := checkJSON(api, shape, got); status != 200 || err != nil {
			t.Errorf("%s: %d, %v", api, status, err)
		}
		before := epoll.Now()
		status, got = get(t, "POST", addr, api.Path(), bytes.NewReader(body(t, api, bench.SSE, 100<<10)))
		sent := checkStream(t, api, shape, bytes.NewReader(got))
		if status != 200 || len(sent) != shape.Chunks || sent[0] < before || sent[len(sent)-1] > epoll.Now() {
			t.Errorf("%s: %d, sent at %v", api, status, sent)
		}
	}
}

func TestCounts(t *testing.T) {
	addr := serve(t, plain())
	client := http.Client{Transport: &http.Transport{}}
	for range 3 {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			resp, err := client.Post("http://"+addr+llmapi.Chat.Path(), "application/json", bytes.NewReader(body(t, llmapi.Chat, mode, 200)))
			if err != nil {
				t.Fatal(err)
			}
			if sse := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream"); sse != (mode == bench.SSE) {
				t.Errorf("%s answered with %s", mode, resp.Header.Get("Content-Type"))
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
	}
	get(t, "GET", addr, "/health", nil)
	waitFor(t, addr, Stats{Connections: 2, Requests: 7, Answers: 6, Streams: 3, Open: 1, Whole: 3})
	client.CloseIdleConnections()
	waitFor(t, addr, Stats{Connections: 2, Requests: 7, Answers: 6, Streams: 3, Open: 0, Whole: 3})
}

// waitFor waits until the counters are as wanted: a closed connection is noticed
// a moment after it was closed.
func waitFor(t *testing.T, addr string, want Stats) {
	t.Helper()
	var got Stats
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		got = readStats(t, addr)
		got.Written, got.ByPath = want.Written, want.ByPath // not asked for
		if reflect.DeepEqual(got, want) {
			return
		}
	}
	t.Errorf("counters are %+v, want %+v", got, want)
}

// The bytes of a request may come in any pieces, framed either way, and several
// requests at once.
func TestRequestInPieces(t *testing.T) {
	addr := serve(t, plain())
	sized := post(t, llmapi.Chat, bench.JSON, 300)
	payload := body(t, llmapi.Chat, bench.JSON, 300)
	chunked := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"10\r\n%s\r\n%x;ext\r\n%s\r\n0\r\nTrailer: x\r\n\r\n", llmapi.Chat.Path(), payload[:16], len(payload)-16, payload[16:])
	for name, input := range map[string][]byte{
		"sized":     bytes.Repeat(sized, 2),
		"chunked":   bytes.Repeat(chunked, 2),
		"pipelined": bytes.Repeat(append(sized, chunked...), 20),
	} {
		for _, piece := range []int{1, 7, 100, len(input)} {
			if piece == 1 && name == "pipelined" {
				continue
			}
			c := dial(t, addr)
			go func() {
				for rest := input; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
					if _, err := c.Write(rest[:min(piece, len(rest))]); err != nil {
						return // the reader reports it
					}
				}
			}()
			r := bufio.NewReader(c)
			for range bytes.Count(input, []byte("POST ")) {
				expectJSON(t, r, llmapi.Chat)
			}
		}
	}
}

// expectJSON reads one answer and compares it with the default one.
func expectJSON(t *testing.T, r *bufio.Reader, api llmapi.API) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	if err == nil {
		err = checkJSON(api, llmapi.DefaultShape(), got)
	}
	if resp.StatusCode != 200 || err != nil {
		t.Fatalf("%d: %v", resp.StatusCode, err)
	}
}

// Requests that come while a stream is being sent wait for its end.
func TestPipelinedBehindStream(t *testing.T) {
	settings := plain()
	settings.ChunkInterval = pace.Constant(200 * time.Microsecond)
	c := dial(t, serve(t, settings))
	if _, err := c.Write(append(post(t, llmapi.Chat, bench.SSE, 300), post(t, llmapi.Responses, bench.JSON, 300)...)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkStream(t, llmapi.Chat, settings.Shape, resp.Body)
	expectJSON(t, r, llmapi.Responses)
}

func TestExpectContinue(t *testing.T) {
	c := dial(t, serve(t, plain()))
	payload := body(t, llmapi.Messages, bench.JSON, 300)
	_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: m\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", llmapi.Messages.Path(), len(payload))
	r := bufio.NewReader(c)
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := r.ReadString('\n'); line != want {
			t.Fatalf("%q, %v", line, err)
		}
	}
	if _, err := c.Write(payload); err != nil {
		t.Fatal(err)
	}
	expectJSON(t, r, llmapi.Messages)
}

func TestLargeBody(t *testing.T) {
	addr := serve(t, plain())
	status, got := get(t, "POST", addr, "/v1/embeddings", bytes.NewReader(make([]byte, 10<<20)))
	if status != 200 || !bytes.Equal(got, embeddingsBody) {
		t.Errorf("%d %s", status, got)
	}
	status, got = get(t, "POST", addr, "/v1/embeddings", io.LimitReader(zeros{}, 11<<20)) // chunked
	if status != 200 || !bytes.Equal(got, embeddingsBody) {
		t.Errorf("%d %s", status, got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestRefusals(t *testing.T) {
	addr := serve(t, plain())
	for name, tc := range map[string]struct{ input, want string }{
		"another protocol": {"SSH-2.0-OpenSSH\r\n\r\n", "400"},
		"binary":           {"\x16\x03\x01\x02\x00", "400"},
		"bad header":       {"GET / HTTP/1.1\r\nfoo\r\n\r\n", "400"},
		"bad chunk":        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
		"endless head":     {"GET / HTTP/1.1\r\nA: " + strings.Repeat("a", 70<<10), "431"},
		"large head":       {"GET / HTTP/1.1\r\nA: " + strings.Repeat("a", 70<<10) + "\r\n\r\n", "431"},
		"promised body":    {"POST / HTTP/1.1\r\nContent-Length: 67108865\r\n\r\n", "413"},
		"promised chunk":   {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4000001\r\n" + strings.Repeat("x", 0x4000001), "413"},
	} {
		c := dial(t, addr)
		go func() { _, _ = io.WriteString(c, tc.input) }() // fails when the answer comes before its end
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rest, err := io.ReadAll(resp.Body)
		if err != nil || !resp.Close || !strings.HasPrefix(resp.Status, tc.want) {
			t.Errorf("%s: %s close %t %s, %v", name, resp.Status, resp.Close, rest, err)
		}
	}
	status, _ := get(t, "GET", addr, "/health", nil)
	if status != 200 {
		t.Errorf("health afterwards: %d", status)
	}
}
