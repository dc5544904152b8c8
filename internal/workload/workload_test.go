package workload

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

var base = Base{API: llmapi.Responses, Extra: map[string]any{"store": false}, Shape: llmapi.DefaultShape(), Bodies: []int{100, 1 << 10, 10 << 10, 100 << 10}}

func mixed(t *testing.T, l Load, mode bench.Mode) ([]Entry, []llmapi.Answer) {
	t.Helper()
	var answers Answers
	entries, err := Mix(l, base, mode, &answers)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != Entries {
		t.Fatalf("%d entries", len(entries))
	}
	for _, e := range entries {
		if _, err := llmapi.RequestBody(base.API, e.Ask); err != nil || e.Mode != mode {
			t.Fatalf("%+v: %v", e, err)
		}
	}
	return entries, answers
}

// count is how many entries there are of each kind.
func count[K comparable](entries []Entry, kind func(Entry) K) map[K]int {
	n := map[K]int{}
	for _, e := range entries {
		n[kind(e)]++
	}
	return n
}

func TestSharesAreKept(t *testing.T) {
	load := Load{
		Payload: map[llmapi.Payload]float64{llmapi.Bare: 0.603, llmapi.Tools: 0.248, llmapi.Turns: 0.149},
		Fail:    map[llmapi.Failure]float64{llmapi.RateLimited: 0.01, llmapi.ServerError: 0.005, llmapi.Cut: 0.005},
		Slow:    Slow{0.05, 300 * time.Millisecond},
	}
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		entries, answers := mixed(t, load, mode)
		got := count(entries, func(e Entry) llmapi.Payload { return e.Payload })
		// 120.6, 49.6 and 29.8 of 200: the largest remainders are rounded up.
		if want := map[llmapi.Payload]int{llmapi.Bare: 120, llmapi.Tools: 50, llmapi.Turns: 30}; !maps.Equal(got, want) &&
			!maps.Equal(got, map[llmapi.Payload]int{llmapi.Bare: 121, llmapi.Tools: 49, llmapi.Turns: 30}) {
			t.Errorf("%s: payloads %v", mode, got)
		}
		fails := count(entries, func(e Entry) llmapi.Failure {
			if e.Answer == 0 {
				return llmapi.NoFailure
			}
			return answers[e.Answer-1].Fail
		})
		if want := (map[llmapi.Failure]int{"": 196, "429": 2, "500": 1, "cut": 1}); !maps.Equal(fails, want) {
			t.Errorf("%s: failures %v, want %v", mode, fails, want)
		}
		slow := count(entries, func(e Entry) bool {
			return e.Answer > 0 && answers[e.Answer-1].Latency != nil && answers[e.Answer-1].Latency.String() == "300ms"
		})
		if slow[true] != 10 {
			t.Errorf("%s: %d slow requests, want 10", mode, slow[true])
		}
		if len(answers) != 4 {
			t.Errorf("%s: %d answers, want one for each of three failures and the slow one", mode, len(answers))
		}
	}
}

func TestSizesFollowTheirDistributions(t *testing.T) {
	load := Load{
		Body:   pace.Counts(pace.Lognormal(4<<10, 1)),
		Answer: pace.Counts(pace.Quantiles([]time.Duration{2000, 10000})),
		Chunks: pace.Counts(pace.Quantiles([]time.Duration{10, 200})),
	}
	entries, answers := mixed(t, load, bench.JSON)
	sizes := make([]int, len(entries))
	for i, e := range entries {
		sizes[i] = e.Size
	}
	if slices.IsSorted(sizes) {
		t.Error("the sizes come in order")
	}
	slices.Sort(sizes)
	if median := sizes[len(sizes)/2]; median < 3600 || median > 4600 {
		t.Errorf("median body %d, want about 4096", median)
	}
	if low, high := sizes[0], sizes[len(sizes)-1]; low > 1000 || high < 20_000 {
		t.Errorf("bodies from %d to %d do not spread", low, high)
	}
	for _, a := range answers {
		if a.Shape.AnswerBytes < 2000 || a.Shape.AnswerBytes > 10_000 || a.Shape.Chunks != base.Shape.Chunks {
			t.Errorf("answer %+v", a.Shape)
		}
	}
	if len(answers) < levels/2 || len(answers) > levels {
		t.Errorf("%d sizes of answers", len(answers))
	}
	_, answers = mixed(t, load, bench.SSE)
	for _, a := range answers {
		if a.Shape.Chunks < 10 || a.Shape.Chunks > 200 || a.Shape.AnswerBytes != base.Shape.AnswerBytes {
			t.Errorf("stream %+v", a.Shape)
		}
	}
}

func TestSizesOfTheSuiteTakeTurns(t *testing.T) {
	entries, answers := mixed(t, Load{Payload: map[llmapi.Payload]float64{llmapi.Turns: 1}}, bench.JSON)
	got := count(entries, func(e Entry) int { return e.Size })
	least, err := llmapi.LeastBody(base.API, llmapi.Ask{Mode: bench.JSON, Payload: llmapi.Turns, Extra: base.Extra})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]int{least: 100, 10 << 10: 50, 100 << 10: 50}
	if least < 1<<10 {
		want = map[int]int{least: 50, 1 << 10: 50, 10 << 10: 50, 100 << 10: 50}
	}
	if !maps.Equal(got, want) || len(answers) != 0 {
		t.Errorf("sizes %v, want %v; %d answers", got, want, len(answers))
	}
}

func TestEqualSeedsMixEqually(t *testing.T) {
	load := Load{Body: pace.Counts(pace.Lognormal(4<<10, 1)), Slow: Slow{0.1, time.Second}, Seed: 1}
	one, answers := mixed(t, load, bench.JSON)
	again, answersAgain := mixed(t, load, bench.JSON)
	if !reflect.DeepEqual(one, again) || !reflect.DeepEqual(answers, answersAgain) {
		t.Error("equal seeds give other mixes")
	}
	load.Seed = 2
	if other, _ := mixed(t, load, bench.JSON); reflect.DeepEqual(one, other) {
		t.Error("the seed has no effect")
	}
}

func TestMixesThatAreTooLarge(t *testing.T) {
	for want, load := range map[string]Load{
		"have more than 268435456 bytes together": {Body: pace.Counts(pace.Constant(10 << 20))},
		"too large: at most 16777216":             {Answer: pace.Counts(pace.Constant(17 << 20))},
		"bytes of text together":                  {Answer: pace.Counts(pace.Quantiles([]time.Duration{8 << 20, 16 << 20}))},
	} {
		if _, err := Mix(load, base, bench.JSON, &Answers{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAnswersAreNumberedOnce(t *testing.T) {
	var answers Answers
	latency, same := pace.Constant(time.Second), pace.Constant(time.Second)
	for i, c := range []struct {
		answer llmapi.Answer
		want   int
	}{
		{llmapi.Answer{Fail: llmapi.Cut}, 1},
		{llmapi.Answer{Latency: &latency}, 2},
		{llmapi.Answer{Latency: &same}, 2},
		{llmapi.Answer{Fail: llmapi.Cut}, 1},
	} {
		if got := answers.Number(c.answer); got != c.want {
			t.Errorf("answer %d has number %d, want %d", i, got, c.want)
		}
	}
	if len(answers) != 2 || answers[0].Fail != llmapi.Cut {
		t.Errorf("list %+v", answers)
	}
}

func TestMixed(t *testing.T) {
	if (Load{Seed: 1}).Mixed() || (Load{Trace: "a"}).Mixed() || !(Load{Slow: Slow{0.1, 1}}).Mixed() || !(Load{Chunks: pace.Counts(pace.Constant(1))}).Mixed() {
		t.Error("Mixed is wrong")
	}
}
