package llmapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// expected has a row for each dialect. The other tests walk over All.
var expected = map[API]struct {
	path     string
	smallest string             // JSON request with the dialect's own Extra
	tool     []string           // members of a tool
	events   string             // of a stream of two chunks
	error    string             // type of the body
	kinds    map[Failure]string // types of the error
}{
	Responses: {
		path:     "/v1/responses",
		smallest: `{"model":"bench-model","stream":false,"store":false,"input":[{"type":"message","role":"user","content":"babab babab Yes."}]}`,
		tool:     []string{"description", "name", "parameters", "strict", "type"},
		events: "response.created response.in_progress response.output_item.added response.content_part.added " +
			"response.output_text.delta/delta response.output_text.delta/delta response.output_text.done response.content_part.done " +
			"response.output_item.done response.completed/terminal [DONE]",
		kinds: map[Failure]string{RateLimited: "requests", ServerError: "server_error"},
	},
	Chat: {
		path:     "/v1/chat/completions",
		smallest: `{"model":"bench-model","stream":false,"messages":[{"role":"user","content":"babab babab Yes."}]}`,
		tool:     []string{"function", "type"},
		events:   "role content/delta content/delta stop usage [DONE]/terminal",
		kinds:    map[Failure]string{RateLimited: "requests", ServerError: "server_error"},
	},
	Messages: {
		path:     "/v1/messages",
		smallest: `{"model":"bench-model","max_tokens":1024,"stream":false,"messages":[{"role":"user","content":"babab babab Yes."}]}`,
		tool:     []string{"description", "input_schema", "name"},
		events: "message_start content_block_start ping content_block_delta/delta content_block_delta/delta " +
			"content_block_stop message_delta message_stop/terminal",
		error: "error",
		kinds: map[Failure]string{RateLimited: "rate_limit_error", ServerError: "api_error"},
	},
}

func TestDialects(t *testing.T) {
	if len(expected) != len(All()) {
		t.Errorf("%d rows for %d dialects", len(expected), len(All()))
	}
	for _, api := range All() {
		t.Run(string(api), func(t *testing.T) {
			want := expected[api]
			if err := api.Validate(); err != nil || api.Path() != want.path {
				t.Errorf("%v; path %s, want %s", err, api.Path(), want.path)
			}
			if got := smallest(t, api); got != want.smallest {
				t.Errorf("the smallest request has %d bytes\n got %s\nwant %s", len(got), got, want.smallest)
			}
			if got := lifeCycle(t, api); got != want.events {
				t.Errorf("events\n got %s\nwant %s", got, want.events)
			}
			checkTool(t, api, want.tool)
			for f, kind := range want.kinds {
				var read struct {
					Type  string
					Error struct{ Type, Message string }
				}
				body := ErrorBody(api, f.Status())
				if err := json.Unmarshal(body, &read); err != nil || read.Type != want.error || read.Error.Type != kind || read.Error.Message == "" {
					t.Errorf("error body %s, %v; want type %q of %q", body, err, kind, want.error)
				}
			}
			marks := 0
			for _, f := range Frames(api, streamOf(Shape{AnswerBytes: 1024, Chunks: 7, ChunkBytes: MarkBytes})) {
				marks += len(f.Slots)
			}
			if marks != 7*api.TextCopies() {
				t.Errorf("7 chunks come %d times, and the text is said to come %d times", marks, api.TextCopies())
			}
		})
	}
}

// smallest is the smallest JSON request with the members that a request has by
// default.
func smallest(t *testing.T, api API) string {
	t.Helper()
	ask := Ask{Mode: bench.JSON, Extra: api.Extra()}
	least, err := LeastBody(api, ask)
	if err != nil || least > 125 {
		t.Errorf("it needs %d bytes, %v", least, err)
	}
	ask.Size = least
	body, err := RequestBody(api, ask)
	if err != nil {
		t.Error(err)
	}
	ask.Size--
	if _, err := RequestBody(api, ask); err == nil {
		t.Errorf("a request of %d bytes is possible, too", ask.Size)
	}
	return string(body)
}

func checkTool(t *testing.T, api API, members []string) {
	t.Helper()
	body, err := RequestBody(api, Ask{Size: 2000, Payload: Tools})
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Tools []map[string]any }
	if err := json.Unmarshal(body, &read); err != nil || len(read.Tools) == 0 {
		t.Fatalf("no tools in %s: %v", body, err)
	}
	var got []string
	for name := range read.Tools[0] {
		got = append(got, name)
	}
	if slices.Sort(got); !slices.Equal(got, members) {
		t.Errorf("members of a tool %v, want %v", got, members)
	}
}

func lifeCycle(t *testing.T, api API) string {
	t.Helper()
	var all []string
	for i, f := range Frames(api, Stream{Shape: Shape{AnswerBytes: 1024, Chunks: 2, ChunkBytes: 40}, Usage: true}) {
		name := eventName(t, f, payload(t, f), i)
		all = append(all, name+map[Kind]string{Delta: "/delta", Terminal: "/terminal"}[f.Kind])
	}
	return strings.Join(all, " ")
}

// eventName is what an event says it is. Its lines must agree.
func eventName(t *testing.T, f Frame, data []byte, index int) string {
	t.Helper()
	if string(data) == "[DONE]" {
		return "[DONE]"
	}
	var event struct {
		Type     string
		Sequence *int `json:"sequence_number"`
		Choices  []struct {
			Delta  map[string]any
			Finish *string `json:"finish_reason"`
		}
	}
	if err := json.Unmarshal(data, &event); err != nil {
		t.Fatalf("event %d: %v in %s", index, err, data)
	}
	switch {
	case event.Type != "":
		if !bytes.HasPrefix(f.Bytes, []byte("event: "+event.Type+"\n")) {
			t.Errorf("event %d: type %s under %.40q", index, event.Type, f.Bytes)
		}
		if numbered := strings.HasPrefix(event.Type, "response."); numbered && (event.Sequence == nil || *event.Sequence != index) {
			t.Errorf("event %d has sequence_number %v", index, event.Sequence)
		}
		return event.Type
	case !bytes.HasPrefix(f.Bytes, []byte("data: ")):
		t.Errorf("event %d has a name, %.40q", index, f.Bytes)
	case len(event.Choices) == 0:
		return "usage"
	case event.Choices[0].Finish != nil:
		return *event.Choices[0].Finish
	case event.Choices[0].Delta["role"] != nil:
		return "role"
	}
	return "content"
}

// An unknown API is an error where names are read, and panics inside.
func TestUnknownAPI(t *testing.T) {
	if err := API("grpc").Validate(); err == nil || err.Error() != `unknown API "grpc": use one of responses, chat, messages` {
		t.Errorf("error %v", err)
	}
	const unknown API = "grpc"
	for name, use := range map[string]func(){
		"Path":           func() { unknown.Path() },
		"Extra":          func() { unknown.Extra() },
		"TextCopies":     func() { unknown.TextCopies() },
		"RequestBody":    func() { _, _ = RequestBody(unknown, Ask{Size: 1000}) },
		"LeastBody":      func() { _, _ = LeastBody(unknown, Ask{}) },
		"JSONAnswer":     func() { JSONAnswer(unknown, DefaultShape()) },
		"AsksUsage":      func() { unknown.AsksUsage() },
		"MinAnswerBytes": func() { MinAnswerBytes(unknown) },
		"ErrorBody":      func() { ErrorBody(unknown, 500) },
		"Frames":         func() { Frames(unknown, Stream{Shape: DefaultShape()}) },
		"NamesEvents":    func() { unknown.NamesEvents() },
		"the empty name": func() { API("").Path() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, "unknown API") {
					t.Errorf("panic %q", said)
				}
			}()
			use()
		})
	}
}
