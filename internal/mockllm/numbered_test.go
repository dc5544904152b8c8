package mockllm

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// ask sends a request for an answer and returns what came of it.
func ask(t *testing.T, addr string, api llmapi.API, mode bench.Mode, number int) (*http.Response, []byte, error) {
	t.Helper()
	body, err := llmapi.RequestBody(api, llmapi.Ask{Mode: mode, Size: 2000, Answer: number})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post("http://"+addr+api.Path(), "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	return resp, got, err
}

func numberedSettings(answers ...llmapi.Answer) Settings {
	s := plain()
	s.Answers = answers
	return s
}

// Every request gets the answer that it asks for, over whatever API and in
// whatever order.
func TestNumberedAnswers(t *testing.T) {
	shapes := []llmapi.Shape{
		llmapi.DefaultShape(),
		{AnswerBytes: 64 << 10, Chunks: 3, ChunkBytes: 40},
		{AnswerBytes: 2000, Chunks: 200, ChunkBytes: 100},
	}
	addr := serve(t, numberedSettings(llmapi.Answer{Shape: shapes[1]}, llmapi.Answer{Shape: shapes[2]}))
	for _, api := range llmapi.All() {
		for _, number := range []int{0, 2, 1, 1, 0, 2} {
			resp, got, err := ask(t, addr, api, bench.JSON, number)
			if err == nil {
				err = checkJSON(api, shapes[number], got)
			}
			if err != nil || resp.StatusCode != 200 {
				t.Errorf("%s answer %d: %s, %v", api, number, resp.Status, err)
			}
			_, got, err = ask(t, addr, api, bench.SSE, number)
			if err != nil {
				t.Fatal(err)
			}
			checkStream(t, api, shapes[number], bytes.NewReader(got))
		}
	}
}

func TestAnswerThatThereIsNot(t *testing.T) {
	addr := serve(t, numberedSettings(llmapi.Answer{Shape: llmapi.DefaultShape()}))
	resp, got, err := ask(t, addr, llmapi.Chat, bench.SSE, 2)
	if want := `"message":"the request asks for answer 2, and the mock has 1 of them"`; err != nil || resp.StatusCode != 400 || !strings.Contains(string(got), want) {
		t.Errorf("%s %s, %v", resp.Status, got, err)
	}
}

// Without further answers a mark means nothing: the prompt is not searched.
func TestMarksMeanNothingWithoutAnswers(t *testing.T) {
	resp, _, err := ask(t, serve(t, plain()), llmapi.Chat, bench.JSON, 2)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("%s, %v", resp.Status, err)
	}
}

func TestFailures(t *testing.T) {
	shape := llmapi.Shape{AnswerBytes: 4001, Chunks: 10, ChunkBytes: 50}
	fail := func(f llmapi.Failure) llmapi.Answer { return llmapi.Answer{Shape: shape, Fail: f} }
	addr := serve(t, numberedSettings(fail(llmapi.RateLimited), fail(llmapi.ServerError), fail(llmapi.Cut)))
	for _, api := range llmapi.All() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			for number, status := range map[int]int{1: 429, 2: 500} {
				resp, got, err := ask(t, addr, api, mode, number)
				if err != nil || resp.StatusCode != status || !bytes.Equal(got, llmapi.ErrorBody(api, status)) ||
					resp.Header.Get("Content-Type") != "application/json" || (resp.Header.Get("Retry-After") == "1") != (status == 429) {
					t.Errorf("%s %s: %s %v %s, %v", api, mode, resp.Status, resp.Header, got, err)
				}
			}
		}
		_, got, err := ask(t, addr, api, bench.JSON, 3)
		want := judge.New(api).Expect(llmapi.JSONAnswer(api, shape), 200)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 2001 || !want.Continues(0, got) {
			t.Errorf("%s: %d bytes of a cut answer, want 2001; %v", api, len(got), err)
		}
		_, got, err = ask(t, addr, api, bench.SSE, 3)
		chunks, _ := marks(got)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(chunks) != 5 {
			t.Errorf("%s: %d chunks of a cut stream, want 5; %v", api, len(chunks), err)
		}
	}
	if resp, _, err := ask(t, addr, llmapi.Chat, bench.JSON, 0); err != nil || resp.StatusCode != 200 {
		t.Errorf("after the failures: %s, %v", resp.Status, err)
	}
}

// An answer has its own delays, and those of the settings where it has none.
func TestDelaysOfNumberedAnswers(t *testing.T) {
	const latency, slow = 20 * time.Millisecond, 90 * time.Millisecond
	dist := pace.Constant(slow)
	settings := numberedSettings(llmapi.Answer{Shape: llmapi.DefaultShape(), Latency: &dist}, llmapi.Answer{Shape: llmapi.DefaultShape()})
	settings.Latency = pace.Constant(latency)
	addr := serve(t, settings)
	for number, want := range map[int]time.Duration{0: latency, 1: slow, 2: latency} {
		start := time.Now()
		if _, _, err := ask(t, addr, llmapi.Chat, bench.JSON, number); err != nil {
			t.Fatal(err)
		}
		took(t, "answer", time.Since(start), want)
	}
}

// A recorded stream is sent as it was recorded, pauses and bursts.
func TestReplay(t *testing.T) {
	const ms = time.Millisecond
	shape := llmapi.Shape{AnswerBytes: 2000, Chunks: 5, ChunkBytes: 40}
	at := []time.Duration{10 * ms, 10 * ms, 60 * ms, 60 * ms, 75 * ms}
	settings := numberedSettings(llmapi.Answer{Shape: shape, At: at})
	settings.ChunkInterval = pace.Constant(time.Second) // of the others
	addr := serve(t, settings)
	start := epoll.Now()
	_, got, err := ask(t, addr, llmapi.Messages, bench.SSE, 1)
	if err != nil {
		t.Fatal(err)
	}
	sent := checkStream(t, llmapi.Messages, shape, bytes.NewReader(got))
	for i, ns := range sent {
		took(t, "chunk", time.Duration(ns-start), at[i])
	}
	if sent[0] != sent[1] || sent[2] != sent[3] {
		t.Errorf("chunks of one moment were sent apart: %v", sent)
	}
	if pause := time.Duration(sent[2] - sent[1]); pause < 40*ms {
		t.Errorf("a pause of 50 ms was %v", pause)
	}
}

// More than an argument of a process could hold.
func TestManyAnswersReachTheProcess(t *testing.T) {
	settings := plain()
	for range 300 {
		a := llmapi.Answer{Shape: llmapi.Shape{AnswerBytes: 2000, Chunks: 100, ChunkBytes: 40}, At: make([]time.Duration, 100)}
		for i := range a.At {
			a.At[i] = time.Duration(i) * time.Microsecond
		}
		settings.Answers = append(settings.Answers, a)
	}
	p := start(t, settings)
	_, got, err := ask(t, p.Addr, llmapi.Responses, bench.SSE, 300)
	if err != nil {
		t.Fatal(err)
	}
	checkStream(t, llmapi.Responses, settings.Answers[0].Shape, bytes.NewReader(got))
}

func TestAnswersAreValidated(t *testing.T) {
	err := numberedSettings(llmapi.Answer{}).Validate()
	if err == nil || !strings.HasPrefix(err.Error(), "mock: answer 1: an answer of 0 bytes") {
		t.Error(err)
	}
}

func TestNumberedAnswersAllocateNothing(t *testing.T) {
	addr := serve(t, numberedSettings(llmapi.Answer{Shape: llmapi.DefaultShape()}))
	body, err := llmapi.RequestBody(llmapi.Responses, llmapi.Ask{Mode: bench.JSON, Size: 1000, Answer: 1})
	if err != nil {
		t.Fatal(err)
	}
	c, buf := dial(t, addr), make([]byte, 64<<10)
	request := append([]byte("POST "+llmapi.Responses.Path()+" HTTP/1.1\r\nHost: m\r\nContent-Length: 1000\r\n\r\n"), body...)
	if n := testing.AllocsPerRun(20, func() {
		if _, err := c.Write(request); err != nil {
			t.Fatal(err)
		}
		for got := 0; !bytes.HasSuffix(buf[:got], []byte("}")); {
			if got, err = c.Read(buf); err != nil {
				t.Fatal(err)
			}
		}
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
