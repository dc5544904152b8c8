package judge

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// What gateways do to right answers is noted once, by the path.
func TestRewritesAreNoted(t *testing.T) {
	shape := llmapi.DefaultShape()
	for _, tc := range []struct {
		name     string
		api      llmapi.API
		old, new string
		want     string // of JSON
		stream   string
	}{
		{"nothing", llmapi.Chat, "", "", "", ""},
		{
			"ids, time and model", llmapi.Chat,
			`"id":"chatcmpl-bababbababbababbabab","object":"chat.completion`, `"id":"gen-1","object":"chat.completion`,
			"rewrites id", "rewrites id",
		},
		{"an id of the same form", llmapi.Chat, "bababbababbababbabab", "lusabbabadgutihtugad", "", ""},
		{"the model", llmapi.Messages, `"model":"bench-model"`, `"model":"alias"`, "rewrites model", "rewrites message.model"},
		{"members of its own", llmapi.Chat, `"choices":[{`, `"cost":1,"choices":[{"native":null,`, "adds cost; adds choices[0].native", "adds cost; adds choices[0].native"},
		{"nulls dropped", llmapi.Chat, `"logprobs":null,`, ``, "drops choices[0].logprobs", "drops choices[0].logprobs"},
		{"the name of the object", llmapi.Responses, `"resp_`, `"gw_`, "rewrites id", "rewrites response.id"},
		{"white space", llmapi.Messages, `":`, `": `, "reformats", "reformats"},
		{"escapes", llmapi.Responses, `"object":"response"`, `"object":"re\u0073ponse"`, "reformats", "reformats"},
		{"what cannot be shown", llmapi.Messages, `"role":`, `"\u202eevil":1,"role":`, "adds ?evil", "adds message.?evil"},
	} {
		t.Run(string(tc.api)+"/"+tc.name, func(t *testing.T) {
			judge := New(tc.api)
			body := llmapi.JSONAnswer(tc.api, shape)
			changed := []byte(strings.ReplaceAll(string(body), tc.old, tc.new))
			if tc.old == "" {
				changed = body
			}
			want := judge.Expect(body, 200)
			for range 2 {
				if len(changed) == len(body) && want.Continues(0, changed) {
					continue
				}
				if fault := want.Check(changed); fault != nil {
					t.Fatal(fault)
				}
			}
			if got := noted(judge); got != tc.want {
				t.Errorf("JSON: %q, want %q", got, tc.want)
			}
			c := newChecker(tc.api, streamOf(shape))
			events := eventsOf(t, tc.api, c.Stream, 100)
			for i, f := range llmapi.Frames(tc.api, c.Stream) { // with the ID of zero
				if tc.old != "" {
					events[i].data = strings.ReplaceAll(string(f.Data()), tc.old, tc.new)
				}
			}
			for range 2 {
				run(c, events)
				if fault := c.End(); fault != nil {
					t.Fatal(fault)
				}
			}
			if got := noted(c.judge); got != tc.stream {
				t.Errorf("stream: %q, want %q", got, tc.stream)
			}
		})
	}
}

func run(c *Checker, events []event) {
	c.Reset()
	for _, e := range events {
		c.Event([]byte(e.name), []byte(e.data))
	}
}

// The messages name what happened to a text.
func TestDamageIsNamed(t *testing.T) {
	for _, tc := range []struct{ want, got, says string }{
		{"a café in town", "a caf\uFFFD\uFFFD in town", "expected \"a café in town\", got \"a caf\uFFFD\uFFFD in town\" (first difference at character 5: a replacement character; a character of several bytes was decoded in pieces)"},
		{"say \"so\"", `say \"so\"`, "escaped twice"},
		{"one\ntwo", `one\ntwo`, "escaped twice"},
		{"go 🚀", `go \ud83d\ude80`, "escaped twice"},
		{"a café", "a cafÃ©", "UTF-8 that was read as Latin-1"},
		{"stop", "length", `expected "stop", got "length"`},
		{strings.Repeat("long ", 200) + "end", strings.Repeat("long ", 200) + "ENDE", `expected "…ong long long long long end", got "…ong long long long long ENDE" (first difference at character 1000)`},
		{"short", "shorter", `got "shorter" (first difference at character 5)`},
	} {
		if got := difference(tc.want, tc.got); !strings.Contains(got, tc.says) {
			t.Errorf("%q for %q: %s", tc.got, tc.want, got)
		}
	}
}
