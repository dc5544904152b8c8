package measured

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

func TestNotMeasurable(t *testing.T) {
	small := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1024}
	large := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100 << 10}
	data := bench.Run{
		Plan:      bench.Plan{Arms: []bench.Arm{bench.Direct, bench.Head}, WarmUp: 20},
		Scenarios: []bench.Cell{{ID: small.ID(), Scenario: small}, {ID: large.ID(), Scenario: large}},
		Rounds:    []bench.Round{{Round: 2, Stage: bench.Screen, Scenario: small.ID(), Arm: bench.Head, Requests: 7}},
		Unmeasured: []bench.Unmeasured{
			{Scenario: large.ID(), Arm: bench.Head, Rounds: []int{1, 2}, Requests: 8, Failed: 8, Class: bench.ErrStatus, Reason: "status 413"},
			{Scenario: small.ID(), Arm: bench.Head, Rounds: []int{1}, Requests: 2, Failed: 2, Class: bench.ErrTimeout, Reason: "no answer within 1s"},
		},
		WarmUps: []bench.WarmUp{{Requests: 1500, Seconds: 0.5, Settled: true}, {Requests: 500, Seconds: 1.5}},
	}
	run := Of(data, nil)
	if m := run.Missing(); len(m) != 1 || m[0] != large {
		t.Errorf("missing: %v", m)
	}
	items := run.NotMeasurable().Blocks[0].(document.List).Items
	want := []document.Item{
		{Name: "head: status 413", Text: "in json/c1/100KB (8 of 8 requests in rounds 1 and 2)"},
		{Name: "head: timeout: no answer within 1s", Text: "in json/c1/1KB (2 of 2 requests in round 1; other rounds have figures)"},
	}
	if len(items) != len(want) {
		t.Fatalf("%+v", items)
	}
	for i := range want {
		if items[i].Name != want[i].Name || items[i].Text != want[i].Text {
			t.Errorf("%+v, want %+v", items[i], want[i])
		}
	}
	if got, want := run.warmUp(), "20 requests on each connection, then until the cost of a request stopped falling: 2000 requests in 2"; !strings.HasPrefix(got, want) || !strings.Contains(got, "in 1 of 2 warm-ups it had not settled") {
		t.Errorf("%q, want %q…", got, want)
	}
	data.Unmeasured, data.WarmUps = nil, nil
	if run := Of(data, nil); !run.NotMeasurable().Empty() || len(run.Missing()) != 0 || run.warmUp() != "20 requests on each connection" {
		t.Errorf("%+v, %q", run.NotMeasurable(), run.warmUp())
	}
}
