package judge

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// textPaths are where clients read the text of a JSON answer.
var textPaths = map[llmapi.API]string{
	llmapi.Responses: "output.0.content.0.text",
	llmapi.Chat:      "choices.0.message.content",
	llmapi.Messages:  "content.0.text",
}

// read is the value at a path as the standard library reads it.
func read(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			if len(in) == 0 {
				return nil
			}
			v = in[0]
		default:
			return nil
		}
	}
	return v
}

// FuzzAnswer: whatever comes, an answer that passes is JSON for the standard
// library too, and has the text that was sent.
func FuzzAnswer(f *testing.F) {
	shape := llmapi.Shape{AnswerBytes: 760}
	for i, api := range llmapi.All() {
		body := string(llmapi.JSONAnswer(api, shape))
		f.Add(byte(i), body)
		f.Add(byte(i), strings.Replace(body, `"text":"`, `"text":"x","text":"`, 1))
		f.Add(byte(i), strings.Replace(body, `"content":"`, `"content":null,"content":"`, 1))
		f.Add(byte(i), strings.Replace(body, `[{`, `[{"type":"thinking"},{`, 1))
	}
	f.Fuzz(func(t *testing.T, api byte, body string) {
		name := llmapi.All()[int(api)%len(llmapi.All())]
		sent := llmapi.JSONAnswer(name, shape)
		if New(name).Expect(sent, 200).Check([]byte(body)) != nil || strings.Contains(body, "thinking") || strings.Contains(body, "reasoning") {
			return
		}
		var got, want any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("passes, and is no JSON: %v", err)
		}
		if err := json.Unmarshal(sent, &want); err != nil {
			t.Fatal(err)
		}
		if path := textPaths[name]; read(got, path) != read(want, path) {
			t.Errorf("passes with the text %q", read(got, path))
		}
	})
}

// Of two members with one name the last counts, as clients have it.
func TestTheLastOfTwoMembersCounts(t *testing.T) {
	body := string(llmapi.JSONAnswer(llmapi.Chat, llmapi.DefaultShape()))
	want := New(llmapi.Chat).Expect([]byte(body), 200)
	if fault := want.Check([]byte(strings.Replace(body, `"content":"`, `"content":"other","content":"`, 1))); fault != nil {
		t.Errorf("another text before the right one: %v", fault)
	}
	if want.Check([]byte(strings.Replace(body, `,"refusal":null`, `,"content":"other"`, 1))) == nil {
		t.Error("another text behind the right one passes")
	}
}

// An error in the place of an answer shows its text.
func TestErrorsInsteadOfAnswers(t *testing.T) {
	for body, says := range map[string]string{
		`{"error":{"message":"the backend is gone","code":502}}`: `"the backend is gone"`,
		`{"error":"busy"}`: `"busy"`,
		`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`: `"Overloaded"`,
		`{"object":"response","status":"failed","error":{"message":"out of memory"}}`: `"out of memory"`,
	} {
		fault := New(llmapi.Responses).Expect(llmapi.JSONAnswer(llmapi.Responses, llmapi.DefaultShape()), 200).Check([]byte(body))
		if class(fault) != "error-inside" || fault.Detail != says {
			t.Errorf("%s: %v", body, fault)
		}
	}
}
