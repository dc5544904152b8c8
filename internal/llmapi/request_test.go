package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

var notStored = map[string]any{"store": false}

func TestRequestBody(t *testing.T) {
	for _, api := range All() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			var sizes []int
			least, err := LeastBody(api, Ask{Mode: mode, Extra: notStored})
			if err != nil {
				t.Fatal(err)
			}
			for size := least; size < 6000; size += 1 + size/97 {
				sizes = append(sizes, size)
			}
			for _, size := range append(sizes, 1024, 10<<10, 100<<10, 1<<20) {
				body, err := RequestBody(api, Ask{Mode: mode, Size: size, Extra: notStored})
				if err != nil {
					t.Fatalf("%s %s %d: %v", api, mode, size, err)
				}
				checkRequest(t, api, mode, size, body)
			}
		}
	}
}

func checkRequest(t *testing.T, api API, mode bench.Mode, size int, body []byte) {
	t.Helper()
	if len(body) != size {
		t.Fatalf("%s %s: %d bytes, want %d", api, mode, len(body), size)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("%s %s %d: %v", api, mode, size, err)
	}
	turns, _ := got[api.dialect().turns].([]any)
	if len(turns)%2 != 1 || got["store"] != false || got["stream"] != (mode == bench.SSE) {
		t.Errorf("%s %s %d: %d turns, store %v, stream %v", api, mode, size, len(turns), got["store"], got["stream"])
	}
	for i, turn := range turns {
		role := []string{"user", "assistant"}[i%2]
		if turn := turn.(map[string]any); turn["role"] != role || turn["content"] == "" {
			t.Errorf("%s %s %d: turn %d is %v", api, mode, size, i, turn)
		}
	}
	if n := bytes.Count(body, []byte(`"stream"`)); n != 1 {
		t.Errorf("%s %s %d: the stream key occurs %d times", api, mode, size, n)
	}
	tools, _ := got["tools"].([]any)
	if least := map[bool]int{true: 1}[size >= 1024]; len(tools) < least {
		t.Errorf("%s %s %d: %d tools", api, mode, size, len(tools))
	}
	if size >= 10<<10 && (len(tools) < 2 || len(turns) < 3) {
		t.Errorf("%s %s %d: %d tools, %d turns", api, mode, size, len(tools), len(turns))
	}
	if n := bytes.Count(body, endMark); n != 1 || !arrived(body) {
		t.Errorf("%s %s %d: the end of the prompt occurs %d times", api, mode, size, n)
	}
	content := turns[len(turns)-1].(map[string]any)["content"].(string)
	if at := NonceAt(body); at < 0 || !strings.HasSuffix(content, string(noNonce)+" Yes.") || !strings.HasPrefix(string(body[at:]), string(noNonce)+" Yes.") {
		t.Errorf("%s %s %d: the last turn ends in %q, the nonce is said to be at %d", api, mode, size, content[max(0, len(content)-20):], at)
	}
	if got["model"] != model {
		t.Errorf("%s %s %d: model %v", api, mode, size, got["model"])
	}
	var flag StreamFlag
	if flag.Feed(body); flag.Wants() != (mode == bench.SSE) {
		t.Errorf("%s %s %d: Wants is %t", api, mode, size, flag.Wants())
	}
}

func TestRequestBodyIsVariedAndDeterministic(t *testing.T) {
	one, _ := RequestBody(Responses, Ask{Mode: bench.JSON, Size: 100 << 10, Extra: nil})
	two, _ := RequestBody(Responses, Ask{Mode: bench.JSON, Size: 100 << 10, Extra: nil})
	if !bytes.Equal(one, two) {
		t.Error("equal arguments give different bodies")
	}
	seen := map[string]bool{}
	for i := 0; i+64 <= len(one); i += 64 {
		seen[string(one[i:i+64])] = true
	}
	if len(seen) < len(one)/64*9/10 {
		t.Errorf("only %d of %d blocks are different", len(seen), len(one)/64)
	}
}

func TestRequestBodyExtra(t *testing.T) {
	body, err := RequestBody(Messages, Ask{Mode: bench.JSON, Size: 300, Extra: map[string]any{
		"model": "mine", "max_tokens": 7, "tools": []any{}, "stream_options": map[string]any{"include_usage": true}, "a<b": "x&y",
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"stream":false,"a<b":"x&y","max_tokens":7,"model":"mine","stream_options":{"include_usage":true},"tools":[],"messages":[`
	if !strings.HasPrefix(string(body), want) || len(body) != 300 {
		t.Errorf("got %s", body)
	}
}

func TestRequestBodyRefuses(t *testing.T) {
	for _, tc := range []struct {
		api   API
		size  int
		extra map[string]any
		want  string
	}{
		{Responses, 50, notStored, "a responses request of 50 bytes is not possible: it needs at least 124"},
		{Chat, 0, nil, "needs at least"},
		{Messages, 98, notStored, "needs at least 127"},
		{Chat, 1000, map[string]any{"stream": true}, `extra member "stream"`},
		{Chat, 1000, map[string]any{"messages": 1}, `extra member "messages"`},
		{Chat, 1000, map[string]any{"stop": "Yes."}, "the mock would take it for the end of the prompt"},
		{Responses, 1000, map[string]any{"x": map[string]any{"stream": true}}, `must not contain "stream"`},
		{Responses, 1000, map[string]any{"x": func() {}}, `extra member "x"`},
	} {
		mode := bench.JSON
		if tc.api == Messages {
			mode = bench.SSE
		}
		_, err := RequestBody(tc.api, Ask{Mode: mode, Size: tc.size, Extra: tc.extra})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s %d %v: %v, want %q", tc.api, tc.size, tc.extra, err, tc.want)
		}
	}
}

func TestStreamFlag(t *testing.T) {
	for body, want := range map[string]bool{
		`{"stream":true}`:                         true,
		"{\"stream\" \r\n\t: \n true}":            true,
		`{"stream":false}`:                        false,
		`{"stream":"true"}`:                       false,
		`{"stream":truth}`:                        false,
		`{"stream":tru`:                           false,
		`{}`:                                      false,
		`{"x":"stream","stream":true}`:            true,
		`{"x":{"stream":{"a":1}},"stream":true}`:  true,
		`{"""stream":true}`:                       true,
		`{"stream"stream":true}`:                  false,
		`{"st"stream":true}`:                      true,
		`{"text":"\"stream\": true"}`:             false,
		`{"stream_options":{},"stream":true}`:     true,
		`{"stream":false,"x":{"stream":true}}`:    false,
		`{"stream":"stream","stream" : true, 1:2`: true,
	} {
		for cut := range len(body) + 1 {
			var whole, split, bytewise StreamFlag
			whole.Feed([]byte(body))
			split.Feed([]byte(body[:cut]))
			split.Feed([]byte(body[cut:]))
			for i := range body {
				bytewise.Feed([]byte(body[i : i+1]))
			}
			if whole.Wants() != want || split.Wants() != want || bytewise.Wants() != want {
				t.Errorf("%q cut at %d: whole %t, split %t, bytewise %t, want %t",
					body, cut, whole.Wants(), split.Wants(), bytewise.Wants(), want)
			}
		}
	}
}

func FuzzStreamFlag(f *testing.F) {
	f.Add([]byte(`{"x":"stream","stream" : true}`), 9)
	f.Add([]byte(`"""stream"::`), 3)
	f.Fuzz(func(t *testing.T, body []byte, cut int) {
		if cut < 0 || cut > len(body) {
			return
		}
		var whole, split StreamFlag
		whole.Feed(body)
		split.Feed(body[:cut])
		split.Feed(body[cut:])
		if whole.Wants() != split.Wants() {
			t.Errorf("whole %t, cut at %d %t", whole.Wants(), cut, split.Wants())
		}
	})
}

func BenchmarkStreamFlag(b *testing.B) {
	for _, size := range []int{100, 100 << 10} {
		b.Run(fmt.Sprint(bench.Size(size)), func(b *testing.B) {
			body, err := RequestBody(Responses, Ask{Mode: bench.SSE, Size: size, Extra: nil})
			if err != nil {
				b.Fatal(err)
			}
			body = bytes.Replace(body, streamKey, []byte(`"strean"`), 1) // the whole body has to be searched
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				var flag StreamFlag
				flag.Feed(body)
			}
		})
	}
}
