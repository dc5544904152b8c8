package report_test

import (
	"io"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html/atom"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
)

// tailOf is a tail that grows from a median.
func tailOf(p50 float64) bench.Tail {
	return bench.Tail{P50: new(p50), P95: new(3 * p50), P99: new(6 * p50), Max: new(20 * p50)}
}

// openWindow is a window as a gateway has it that can do 1000 requests a second.
func openWindow(arm bench.Arm, mode bench.Mode, rate float64, repeat int) bench.Window {
	p50 := 30e-6
	if arm != bench.Direct {
		p50 = 100e-6 / max(0.02, 1-rate/1000)
	}
	p50 *= 1 + 0.1*float64(repeat)
	w := bench.Window{
		Arm: arm, Mode: mode, BodyBytes: 100, Arrivals: "poisson", Rate: rate, Seconds: 2,
		Offered: rate + float64(repeat), Achieved: 0.99 * rate, Requests: int(2 * rate),
		Latency: tailOf(p50), Lag: tailOf(4e-6), ClientCPU: new(0.2),
	}
	if mode == bench.SSE {
		w.FirstEvent = new(tailOf(0.8 * p50))
	}
	return w
}

// opened adds an open loop to a run: one rate that is fine, one of which a window
// is the rig's, one in which the gateway fails, and a rate too low for a p99.
func opened(run bench.Run) bench.Run {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, rate := range []float64{100, 500, 990} {
			for repeat := range 3 {
				for _, arm := range run.Plan.Arms {
					w := openWindow(arm, mode, rate, repeat)
					switch {
					case rate == 100:
						w.Latency.P99, w.Latency.Omitted = nil, "p99 needs 368 requests, and there are 200"
					case rate == 500 && repeat == 2:
						w.Limited = "requests were started late: 3ms where the slow answers took 2ms"
					case rate == 990 && arm == bench.Direct && mode == bench.SSE:
						w.Limited = "the client's thread was busy 95 % of the time"
					case rate == 990 && arm == bench.Head:
						w.Errors, w.Waited = map[bench.ErrorClass]int{bench.ErrTimeout: 7}, 120
					}
					run.Windows = append(run.Windows, w)
				}
			}
		}
	}
	for i, arm := range run.Plan.Arms[1:] {
		run.Knees = append(run.Knees,
			bench.Knee{Arm: arm, Mode: bench.JSON, BodyBytes: 100, Arrivals: "poisson", Bound: 0.02, Held: new(771.0 + float64(i)), Missed: new(848.0), Windows: []int{6, 7, 8, 9, 10, 11, 12, 13}},
			bench.Knee{
				Arm: arm, Mode: bench.SSE, BodyBytes: 100, Arrivals: "poisson", Bound: 0.0012, BoundBase: new(0.00024), Held: new(4500.0), Windows: []int{20, 21, 22, 23},
				Ended: "at 5000/s the rig was the limit: the client's thread was busy 93 % of the time",
			})
	}
	return run
}

// What the rig limits has no part in a median, and what it limits always is
// shown with its mark: in every format.
func TestLimitedWindowsAreMarked(t *testing.T) {
	run := opened(fixture(small(), both, 6))
	for i := range run.Windows {
		if w := &run.Windows[i]; w.Rate == 500 && w.Limited != "" {
			w.Latency.P50 = new(123.0) // seconds, which nobody must see
		}
	}
	for name, to := range formats {
		got := render(t, func(w io.Writer) error { return to(w, report.Once(reported(run))) })
		if strings.Contains(got, "123000") {
			t.Errorf("%s: a window of the rig is in a median", name)
		}
		switch name {
		case "text", "html", "comment", "summary":
			plain := strings.NewReplacer("&#39;", "'", "\n    ", " ").Replace(got)
			for _, want := range []string{"1 of 3 windows omitted, being rig-limited: requests were started late", "rig-limited, so no evidence on a gateway: the client's thread", "no coordinated omission", "771/s"} {
				if !strings.Contains(strings.Join(strings.Fields(plain), " "), want) {
					t.Errorf("%s does not say %q", name, want)
				}
			}
		}
	}
}

func TestOpenRowsAreByRateAndArm(t *testing.T) {
	run := opened(fixture(small(), both, 6))
	tables := tablesOf(section(t, report.Build(report.Report{Run: run}), "open-loop"))
	if len(tables) != 3 { // json, and both clocks of a stream
		t.Fatalf("%d tables", len(tables))
	}
	column := make(map[string]int)
	for i, c := range tables[0].Columns {
		column[c.Title] = i
	}
	var arms []string
	for _, r := range tables[0].Rows {
		arms = append(arms, r.Cells[0].Text)
	}
	if want := "direct proxied direct proxied direct proxied"; strings.Join(arms, " ") != want {
		t.Errorf("rows %v, want %s", arms, want)
	}
	// The median over windows of 1.0, 1.1 and 1.2 times as long; in the second
	// rate the last is omitted, and the middle of two is between them.
	for row, want := range map[int]float64{1: 1.1 * 100e-6 / 0.9, 3: 1.05 * 200e-6} {
		if got := *tables[0].Rows[row].Cells[column["p50"]].Value; got < 0.999*want || got > 1.001*want {
			t.Errorf("row %d: p50 %v, want %v", row, got, want)
		}
	}
	if c := tables[0].Rows[0].Cells[column["p99"]]; c.Value != nil {
		t.Errorf("a p99 of 200 requests: %v", *c.Value)
	}
}

// Windows of a run that is rendered again are foreign, whatever they hold.
func TestOpenLoopHoldsNothingHostile(t *testing.T) {
	for name, s := range allAttacks() {
		r := report.Report{Run: hostile(s)}
		comment := commented(t, r)
		if harmless(t, name, comment); !strings.Contains(comment, "Open loop") {
			t.Errorf("%s: the comment has no open loop", name)
		}
		document := htmlOf(t, r)
		for _, c := range document {
			if c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)) {
				t.Errorf("%s: %U in the document", name, c)
				break
			}
		}
		if n := len(tagged(documentOf(t, document), atom.Script)); n != 1 {
			t.Errorf("%s: %d scripts in the document", name, n)
		}
	}
}

// An open loop can be all that is foreign in a run.
func TestOpenTablesAreBounded(t *testing.T) {
	run := fixture(small(), both, 2)
	for i := range 5000 {
		run.Windows = append(run.Windows, openWindow(bench.Head, bench.JSON, float64(i+1), 0))
	}
	if n := len(tablesOf(section(t, report.Build(report.Report{Run: run}), "open-loop"))[0].Rows); n > 200 {
		t.Errorf("%d rows", n)
	}
}
