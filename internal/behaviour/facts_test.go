package behaviour

import (
	"maps"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// plainly is an exchange in which so many requests reached the backend for one.
func plainly(arm bench.Arm, received int) exchange.Exchange {
	return exchange.Exchange{
		Situation: exchange.JSON, Arm: arm, Process: 1,
		Sent: make([]exchange.Sent, 1), Answers: make([]exchange.Answer, 1), Received: make([]exchange.Received, received),
	}
}

func TestFactsCount(t *testing.T) {
	all := []exchange.Exchange{
		plainly(bench.Direct, 1), plainly(bench.Base, 1), plainly(bench.Head, 0), plainly(bench.Head, 0), plainly(bench.Head, 1),
		{Situation: exchange.JSON, Arm: bench.Head, Process: 1, Failed: "no time"},
	}
	for _, f := range Facts(all) {
		if f.Behaviour != "answered-without-backend" && f.Behaviour != "asks-twice" {
			continue
		}
		want := [2]int{0, 1}
		if f.Arm == bench.Head {
			want = [2]int{0, 3}
			if f.Behaviour == "answered-without-backend" {
				want[0] = 2
			}
		}
		if got := [2]int{f.Seen, f.Of}; got != want {
			t.Errorf("%s of %s: seen %d of %d, want %d of %d", f.Behaviour, f.Arm, f.Seen, f.Of, want[0], want[1])
		}
	}
}

// TestDirectExcuses: what shows without a gateway is not its fault.
func TestDirectExcuses(t *testing.T) {
	for _, f := range Facts([]exchange.Exchange{plainly(bench.Direct, 2), plainly(bench.Head, 2)}) {
		if f.Behaviour == "asks-twice" && (f.Of != 0 || f.Unseen == "") {
			t.Errorf("%+v", f)
		}
	}
}

// TestDescriptions: what only one situation shows is told with its name.
func TestDescriptions(t *testing.T) {
	d := descriptions{}
	d.add(exchange.JSON, []string{"drops A", "adds B"})
	d.add(exchange.JSON, []string{"drops A", "adds C"})
	d.add(exchange.Stream, []string{"adds B", "adds D"})
	want := []string{"adds B", "adds C (json)", "adds D (stream)", "drops A (json)"}
	if got := d.parts(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSituationsAreCases: harm in one of the situations of a behaviour is not hidden by
// the others.
func TestSituationsAreCases(t *testing.T) {
	var all []exchange.Exchange
	for process := 1; process <= 2; process++ {
		for _, situation := range []exchange.Situation{exchange.JSON, exchange.Stream} {
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				x := plainly(arm, 1)
				if x.Situation, x.Process, x.API = situation, process, llmapi.Default; arm == bench.Head && situation == exchange.JSON {
					x.Received = nil
				}
				all = append(all, x)
			}
		}
	}
	seen := map[string]int{}
	for _, f := range Facts(all) {
		if f.Behaviour == "answered-without-backend" && f.Arm == bench.Head && f.Of == 1 {
			seen[f.Case] += f.Seen
		}
	}
	if !maps.Equal(seen, map[string]int{"json": 2, "stream": 0}) {
		t.Errorf("seen %v", seen)
	}
}
