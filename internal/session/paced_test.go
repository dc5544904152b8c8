package session

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// TestPacedStreams: in a paced stream a gateway that buffers shows, at one and at ten
// requests in flight, and nothing else is paced.
func TestPacedStreams(t *testing.T) {
	r := newRepository(t)
	passesOn, err := os.ReadFile("gateway.sh")
	if err != nil {
		t.Fatal(err)
	}
	r.write("base.sh", string(passesOn))
	r.gateway("buffers", 0)
	s := r.open("suite.modes", "sse", "suite.paced", "on", "measure.time_budget", "8s")
	run, err := s.Measure(t.Context(), Sides{Base: &bench.Recipe{Start: "exec ./base.sh", Ready: s.Config.Gateway.Ready}})
	if err != nil || len(run.Unmeasured) > 0 {
		t.Fatalf("%v, %+v\n%s", err, run.Unmeasured, r.log)
	}
	rounds := summary.NewIndex(run.Rounds)
	// least is the best slice of an arm: others may have been disturbed.
	least := func(id string, arm bench.Arm, m bench.Metric) float64 {
		var all []float64
		for _, round := range rounds.Of(id, arm) {
			if n := len(round.Slices[m]); n < 2 || n > 4 {
				t.Errorf("%s %s: %d slices of %s", id, arm, n, m)
			}
			all = append(all, round.Slices[m]...)
		}
		if len(all) == 0 {
			t.Fatalf("%s %s has no %s\n%s", id, arm, m, r.log)
		}
		return slices.Min(all)
	}
	for _, id := range []string{"sse/c1/1KB/paced", "sse/c10/1KB/paced"} {
		for _, m := range []bench.Metric{bench.FirstEventTypical, bench.FirstDeltaTypical, bench.GapMax} {
			if base, head := least(id, bench.Base, m), least(id, bench.Head, m); base < 2e-3 || base > 20e-3 || head < 35e-3 {
				t.Errorf("%s %s: base %v, head %v", id, m, base, head)
			}
		}
		if base, head := least(id, bench.Base, bench.TotalTypical), least(id, bench.Head, bench.TotalTypical); min(base, head) < 39e-3 {
			t.Errorf("%s ends after %v and %v", id, base, head)
		}
	}
	if plain, ok := rounds.Median("sse/c1/1KB", bench.Direct, bench.TotalP50); !ok || plain > 20e-3 {
		t.Errorf("the other streams take %v", plain)
	}
}

// TestPacedAnswers: the mock searches no large body for what only paced streams ask, and
// any body where others ask for an answer, too. What is merged into every request makes
// that of a paced stream longer.
func TestPacedAnswers(t *testing.T) {
	r := newRepository(t)
	for _, c := range []struct {
		settings        []string
		answers, within int
	}{
		{nil, 0, 0},
		{[]string{"suite.modes", "sse", "suite.paced", "on"}, 1, 8 << 10},
		{[]string{"suite.modes", "sse", "suite.paced", "on", "suite.chunks", "5"}, 2, 0},
		{[]string{"suite.modes", "sse", "suite.chunks", "5"}, 1, 0},
	} {
		m, err := MockSettings(r.open(c.settings...).Config)
		if err != nil || len(m.Answers) != c.answers || m.MarkWithin != c.within {
			t.Errorf("%v: %d answers, within %d bytes, %v", c.settings, len(m.Answers), m.MarkWithin, err)
		}
	}
	long := r.open("suite.modes", "sse", "suite.paced", "on").Config
	long.Request.Extra = map[string]any{"instructions": strings.Repeat("a", 20<<10)}
	if m, err := MockSettings(long); err != nil || m.MarkWithin < 27<<10 {
		t.Errorf("within %d bytes, %v", m.MarkWithin, err)
	}
}
