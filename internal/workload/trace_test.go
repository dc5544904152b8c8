package workload

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

var update = flag.Bool("update", false, "write the trace of testdata anew")

const oneOfEach = `{"at_ms": 12.5, "mode": "sse", "body": 4096, "chunks": [[0, 64], [15.2, 65]]}

{"at_ms": 20, "mode": "json", "body": 1000, "answer": 2048, "latency_ms": 20}
{"at_ms": 20, "mode": "json", "body": 1000, "answer": 2048, "latency_ms": 20, "status": 200}
{"at_ms": 20, "mode": "sse", "body": 1000, "chunks": [[1, 5]], "status": 429}
`

func TestReadTrace(t *testing.T) {
	var answers Answers
	got, err := ReadTrace(strings.NewReader(oneOfEach), llmapi.Chat, nil, &answers)
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	want := []Entry{
		{llmapi.Ask{Mode: bench.SSE, Size: 4096, Answer: 1}, 12*ms + ms/2},
		{llmapi.Ask{Mode: bench.JSON, Size: 1000, Answer: 2}, 20 * ms},
		{llmapi.Ask{Mode: bench.JSON, Size: 1000, Answer: 2}, 20 * ms},
		{llmapi.Ask{Mode: bench.SSE, Size: 1000, Answer: 3}, 20 * ms},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	list := answers
	if len(list) != 3 {
		t.Fatalf("%d answers", len(list))
	}
	stream, whole, limited := list[0], list[1], list[2]
	if !slices.Equal(stream.At, []time.Duration{0, 15*ms + ms/5}) || stream.Shape.Chunks != 2 || stream.Shape.ChunkBytes != 65 {
		t.Errorf("stream %+v", stream)
	}
	if whole.Shape.AnswerBytes != 2048 || whole.Latency.String() != "20ms" || whole.Fail != "" {
		t.Errorf("json %+v", whole)
	}
	if limited.Fail != llmapi.RateLimited || limited.Shape.ChunkBytes != llmapi.MarkBytes {
		t.Errorf("rate limited %+v", limited)
	}
}

func TestMistakesInTraces(t *testing.T) {
	const good = `{"at_ms": 5, "mode": "json", "body": 1000, "answer": 2048}` + "\n"
	for line, want := range map[string]string{
		`{`:       "not a request of a trace: unexpected EOF",
		`[]`:      "not a request of a trace: json: cannot unmarshal array",
		`{"x":1}`: `not a request of a trace: json: unknown field "x"`,
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 2048} {}`:                      "more than one JSON object",
		`{"mode": "json", "body": 1000, "answer": 2048}`:                                     "at_ms must be milliseconds, 0 to 600000",
		`{"at_ms": -1, "mode": "json", "body": 1000, "answer": 2048}`:                        "at_ms must be milliseconds, 0 to 600000",
		`{"at_ms": 4, "mode": "json", "body": 1000, "answer": 2048}`:                         "at_ms goes back: the line before has 5; sort the lines by it",
		`{"at_ms": 6, "mode": "xml", "body": 1000, "answer": 2048}`:                          `mode must be "json" or "sse"`,
		`{"at_ms": 6, "mode": "json", "answer": 2048}`:                                       "body must be the size of the request, 1 to 67108864 bytes",
		`{"at_ms": 6, "mode": "json", "body": 50, "answer": 2048}`:                           "body is 50, and a request of this API needs at least 11",
		`{"at_ms": 6, "mode": "json", "body": 1000}`:                                         "answer must be the size of the answer in bytes",
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 10}`:                           "answer is 10, and one of this API needs at least",
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 99999999}`:                     "an answer of 99999999 bytes is too large",
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 2048, "chunks": []}`:           "chunks are of a stream; a json request has answer",
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 2048, "status": 404}`:          "status must be 200, 429 or 500, not 404",
		`{"at_ms": 6, "mode": "json", "body": 1000, "answer": 2048, "latency_ms": -1}`:       "latency_ms must be milliseconds, 0 to 3.6e+06",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "answer": 2048, "chunks": [[0, 64]]}`:     "answer is of a json request; a stream has chunks",
		`{"at_ms": 6, "mode": "sse", "body": 1000}`:                                          "chunks must be a list of [milliseconds since the head, bytes of text], at least one",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[0]]}`:                         "chunks[0] must be [milliseconds since the head, bytes of text]",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[0, 1, 2]]}`:                   "chunks[0] must be [milliseconds since the head, bytes of text]",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[5, 64], [4, 64]]}`:            "chunks[1][0] goes back: the chunk before came at 5",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[0, 1.5]]}`:                    "chunks[0][1] must be whole bytes, 0 to 67108864",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[-1, 64]]}`:                    "chunks[0][0] must be milliseconds, 0 to 3.6e+06",
		`{"at_ms": 6, "mode": "sse", "body": 1000, "chunks": [[0, 20000000]]}`:               "are too large a stream",
		`"` + strings.Repeat("x", mostLine) + `"`:                                            "more than 1048576 bytes in one line",
		strings.Repeat(good, mostRequests):                                                   "more than 1000 requests",
		strings.Repeat(strings.Replace(good, "1000", "60000000", 1), 5):                      "the bodies so far have more than 268435456 bytes together",
		strings.Repeat(strings.Replace(good, `"answer": 2048`, `"answer": 16000000`, 1), 10): "the answers so far have more than 134217728 bytes together",
	} {
		_, err := ReadTrace(strings.NewReader(good+line), llmapi.Chat, nil, &Answers{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%.80s: %v, want %q", line, err, want)
		}
		if !strings.Contains(line, "\n") && err != nil && !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%.80s: %v is not of line 2", line, err)
		}
	}
	if _, err := ReadTrace(strings.NewReader("\n\n"), llmapi.Chat, nil, &Answers{}); err == nil || err.Error() != "the trace has no requests" {
		t.Errorf("empty: %v", err)
	}
}

// FuzzReadTrace: what is read can be asked for and answered, whatever was
// handed in.
func FuzzReadTrace(f *testing.F) {
	f.Add([]byte(oneOfEach))
	f.Add([]byte(`{"at_ms": 1e3, "mode": "sse", "body": 1e3, "chunks": [[1e400, 5]], "status": 500}`))
	f.Add([]byte(`{"at_ms": null}` + "\r\n" + `{"AT_MS": 1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var answers Answers
		entries, err := ReadTrace(bytes.NewReader(data), llmapi.Messages, nil, &answers)
		if err != nil {
			return
		}
		checkTrace(t, llmapi.Messages, entries, answers)
	})
}

func checkTrace(t *testing.T, api llmapi.API, entries []Entry, answers Answers) {
	t.Helper()
	for _, e := range entries {
		if e.Size > 1<<20 { // as good as any other, and slow to make
			continue
		}
		if _, err := llmapi.RequestBody(api, e.Ask); err != nil {
			t.Fatal(err)
		}
	}
	if err := llmapi.ValidateAnswers(api, answers); err != nil || len(entries) == 0 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

var traceFile = filepath.Join("..", "..", "testdata", "trace", "chat.jsonl")

func TestTheTraceOfTestdata(t *testing.T) {
	made := madeTrace()
	if *update {
		if err := os.WriteFile(traceFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(traceFile)
	if err != nil || !bytes.Equal(data, made) {
		t.Errorf("%s is not what madeTrace makes (%v); run the test with -update", traceFile, err)
	}
	for _, api := range llmapi.All() {
		var answers Answers
		entries, err := ReadTrace(bytes.NewReader(data), api, map[string]any{"store": false}, &answers)
		if err != nil {
			t.Fatalf("%s: %v", api, err)
		}
		checkTrace(t, api, entries, answers)
		if n := len(entries); n != 120 {
			t.Errorf("%d requests", n)
		}
	}
}

// madeTrace is a trace that looks like one of a chat service, but is drawn: 120
// requests in four seconds, in bursts, most of them streams, with sizes and
// delays that are lognormal, and four that are rate limited.
func madeTrace() []byte {
	r := rand.New(rand.NewPCG(1, 0))
	lognormal := func(median, sigma float64) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
	tenth := func(x float64) float64 { return math.Round(10*x) / 10 }
	var at []float64
	for len(at) < 120 {
		begins := 3800 * r.Float64()
		for range min(10, 120-len(at)) {
			at = append(at, begins)
			begins = min(4000, begins+15*r.ExpFloat64())
		}
	}
	slices.Sort(at)
	var out bytes.Buffer
	for i, ms := range at {
		request := map[string]any{"at_ms": tenth(ms), "body": int(min(100_000, max(200, lognormal(3000, 1.2))))}
		if r.Float64() < 0.3 {
			request["mode"], request["answer"], request["latency_ms"] = bench.JSON, int(max(1000, lognormal(1800, 0.7))), tenth(lognormal(60, 0.5))
		} else {
			var chunks [][2]float64
			since := lognormal(25, 0.5)
			for range int(min(60, max(1, lognormal(14, 0.7)))) {
				chunks = append(chunks, [2]float64{tenth(since), float64(28 + r.IntN(60))})
				since += lognormal(8, 0.6)
			}
			request["mode"], request["chunks"], request["latency_ms"] = bench.SSE, chunks, tenth(lognormal(15, 0.5))
		}
		if i%30 == 29 {
			request["status"] = 429
		}
		line, err := json.Marshal(request)
		if err != nil {
			panic(err) // numbers and strings
		}
		out.Write(append(line, '\n'))
	}
	return out.Bytes()
}
