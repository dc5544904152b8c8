package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func wanted(pieces ...[]byte) int {
	var w AnswerWanted
	for _, p := range pieces {
		w.Feed(p)
	}
	return w.Number()
}

func TestAnswerWanted(t *testing.T) {
	for body, want := range map[string]int{
		`"[answer 12] The text"`:       12,
		`[answer 1]`:                   1,
		`[answer 1000]`:                1000,
		`[answer 9999]`:                9999,
		`[answer 10000]`:               0,
		`[answer 0]`:                   0,
		`[answer 07]`:                  0,
		`[answer -1]`:                  0,
		`[answer ]`:                    0,
		`[answer 12`:                   0,
		`[answer12]`:                   0,
		`the answer 12]`:               0,
		``:                             0,
		`[answer 3] and [answer 4]`:    3,
		`[answer x] and [answer 4]`:    4,
		`[answer [answer 4]`:           4,
		`[[answer 4]`:                  4,
		`[ans[answer 4]`:               4,
		`[answer 12[answer 4]`:         4,
		`{"tools":[{}],"a":[answer 5]`: 5,
	} {
		for cut := range len(body) + 1 {
			whole, split := wanted([]byte(body)), wanted([]byte(body[:cut]), []byte(body[cut:]))
			bytewise := wanted(bytes.SplitAfter([]byte(body), nil)...)
			if whole != want || split != want || bytewise != want {
				t.Errorf("%q cut at %d: whole %d, split %d, bytewise %d, want %d", body, cut, whole, split, bytewise, want)
			}
		}
	}
}

func FuzzAnswerWanted(f *testing.F) {
	f.Add([]byte(`[answer [answer 12]`), 9)
	f.Add([]byte(`[answer 12345][answer 7]`), 11)
	f.Fuzz(func(t *testing.T, body []byte, cut int) {
		if cut < 0 || cut > len(body) {
			return
		}
		if whole, split := wanted(body), wanted(body[:cut], body[cut:]); whole != split {
			t.Errorf("whole %d, cut at %d %d", whole, cut, split)
		}
	})
}

func TestAnswerWantedAllocatesNothing(t *testing.T) {
	body, err := RequestBody(Chat, Ask{Size: 10 << 10, Answer: 12})
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(10, func() {
		if wanted(body) != 12 {
			t.Fatal("no mark")
		}
	}); n != 0 {
		t.Errorf("%g allocations a body", n)
	}
}

// The mark begins the last turn, also in the smallest bodies, and
// survives a gateway that writes the JSON anew.
func TestRequestsCarryTheMark(t *testing.T) {
	for _, api := range All() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			for _, size := range []int{0, 300, 1 << 10, 10 << 10, 100 << 10} {
				for _, number := range []int{1, 12, MostAnswers} {
					ask := Ask{Mode: mode, Answer: number}
					least, err := LeastBody(api, ask)
					if err != nil {
						t.Fatal(err)
					}
					ask.Size = max(size, least)
					body, err := RequestBody(api, ask)
					if err != nil {
						t.Fatal(err)
					}
					var read map[string]any
					if err := json.Unmarshal(body, &read); err != nil {
						t.Fatal(err)
					}
					turns := read[api.dialect().turns].([]any)
					last := turns[len(turns)-1].(map[string]any)["content"].(string)
					if mark := fmt.Sprintf("[answer %d] ", number); !strings.HasPrefix(last, mark) || bytes.Count(body, markOpen) != 1 {
						t.Errorf("%s %d: the last turn begins %.20q", api, size, last)
					}
					again, err := json.MarshalIndent(read, "", " ")
					if err != nil || wanted(body) != number || wanted(again) != number {
						t.Errorf("%s %d: answer %d is read as %d, written anew %d, %v", api, size, number, wanted(body), wanted(again), err)
					}
				}
			}
		}
	}
}

func TestOnlyMarksOfNumbersThereCanBe(t *testing.T) {
	for _, number := range []int{-1, MostAnswers + 1} {
		if _, err := RequestBody(Chat, Ask{Size: 1000, Answer: number}); err == nil || !strings.Contains(err.Error(), "use 0 to 1000") {
			t.Errorf("answer %d: %v", number, err)
		}
	}
	if _, err := RequestBody(Chat, Ask{Size: 1000, Extra: map[string]any{"x": "[answer 3]"}}); err == nil || !strings.Contains(err.Error(), "mark of an answer") {
		t.Errorf("a mark in the extra members: %v", err)
	}
}

func TestPayloads(t *testing.T) {
	for _, api := range All() {
		for _, payload := range Payloads() {
			for _, extra := range []map[string]any{nil, {"tools": []any{}}} {
				ask := Ask{Mode: bench.JSON, Payload: payload, Answer: 12, Extra: extra}
				least, err := LeastBody(api, ask)
				if err != nil {
					t.Fatal(err)
				}
				ask.Size = least - 1
				want := fmt.Sprintf("with the payload %s is not possible: it needs at least %d", payload, least)
				if _, err := RequestBody(api, ask); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s %s: %v, want %q", api, payload, err, want)
				}
				for size := least; size < 200<<10; size += 1 + size/31 {
					ask.Size = size
					checkPayload(t, api, ask)
				}
			}
		}
	}
}

func checkPayload(t *testing.T, api API, ask Ask) {
	t.Helper()
	body, err := RequestBody(api, ask)
	var read map[string]any
	if err == nil {
		err = json.Unmarshal(body, &read)
	}
	if err != nil || len(body) != ask.Size || wanted(body) != ask.Answer {
		t.Fatalf("%s %s %d: %d bytes, answer %d, %v", api, ask.Payload, ask.Size, len(body), wanted(body), err)
	}
	tools, _ := read["tools"].([]any)
	turns := read[api.dialect().turns].([]any)
	if hasTools := len(tools) > 0; ask.Extra == nil && hasTools != (ask.Payload != Bare) {
		t.Errorf("%s %s %d: %d tools", api, ask.Payload, ask.Size, len(tools))
	}
	if hasTurns := len(turns) > 1; hasTurns != (ask.Payload == Turns) {
		t.Errorf("%s %s %d: %d turns", api, ask.Payload, ask.Size, len(turns))
	}
}

func BenchmarkAnswerWanted(b *testing.B) {
	body, err := RequestBody(Responses, Ask{Mode: bench.SSE, Size: 100 << 10})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		wanted(body)
	}
}
