package llmapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/pace"
)

func TestValidateAnswers(t *testing.T) {
	shape := Shape{AnswerBytes: 2048, Chunks: 2, ChunkBytes: 64}
	late, negative := pace.Constant(2*pace.Limit), pace.Constant(-1)
	good := Answer{Shape: shape, At: []time.Duration{0, 5}, Fail: Cut}
	if err := ValidateAnswers(Chat, []Answer{good, {Shape: shape}}); err != nil {
		t.Error(err)
	}
	for want, a := range map[string]Answer{
		"answer 2: an answer of 0 bytes is too small":               {},
		"answer 2: latency: delays can exceed":                      {Shape: shape, Latency: &late},
		"answer 2: first event: delays and spreads cannot":          {Shape: shape, FirstEvent: &negative},
		"answer 2: chunk interval: delays and":                      {Shape: shape, ChunkInterval: &negative},
		`answer 2: failure "404" is none: use 429, 500 or cut`:      {Shape: shape, Fail: "404"},
		"answer 2: 1 times for 2 chunks":                            {Shape: shape, At: []time.Duration{1}},
		"answer 2: the times of the chunks must not be negative, a": {Shape: shape, At: []time.Duration{2, 1}},
		"answer 2: the last chunk comes after more than 1h0m0s":     {Shape: shape, At: []time.Duration{2, pace.Limit + 1}},
		"exclude each other":                                        {Shape: shape, At: []time.Duration{1, 2}, FirstEvent: &pace.Dist{}},
	} {
		if err := ValidateAnswers(Chat, []Answer{good, a}); err == nil || !strings.HasPrefix(err.Error(), want) && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := ValidateAnswers(Chat, make([]Answer, MostAnswers+1)); err == nil || !strings.Contains(err.Error(), "at most 1000") {
		t.Errorf("too many: %v", err)
	}
	large := Answer{Shape: Shape{AnswerBytes: 16 << 20, Chunks: 1, ChunkBytes: 64}}
	if err := ValidateAnswers(Chat, []Answer{large, large, large, large, large, large, large, large}); err == nil ||
		!strings.Contains(err.Error(), "up to number 8 have more than") {
		t.Errorf("too large together: %v", err)
	}
}

func TestAnswersRoundTrip(t *testing.T) {
	latency := pace.Lognormal(time.Millisecond, 1)
	want := []Answer{{Shape: DefaultShape()}, {Shape: DefaultShape(), Latency: &latency, Fail: RateLimited, At: []time.Duration{1, 2}}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []Answer
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s reads as %+v, %v", data, got, err)
	}
	if strings.Count(string(data), "latency") != 1 {
		t.Errorf("absent delays are written: %s", data)
	}
}

func TestStatus(t *testing.T) {
	if NoFailure.Status() != 200 || Cut.Status() != 200 || RateLimited.Status() != 429 || ServerError.Status() != 500 {
		t.Error("a failure has another status than its name says")
	}
}
