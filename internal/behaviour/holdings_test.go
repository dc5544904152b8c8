package behaviour

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// many is 400 requests, in four batches, at the end of which memory has grown by so
// many MB, and beside them other holdings before and after.
func many(mb int64, before, after exchange.Holding) exchange.Exchange {
	k := &exchange.Kept{Requests: 400, Took: 800 * ms, Before: before, After: after}
	k.Before.RSS = 20 << 20
	for i := range int64(4) {
		k.Course = append(k.Course, exchange.Step{Requests: 100 * int(i+1), Holding: exchange.Holding{RSS: 20<<20 + mb<<20*(i+1)/4}})
	}
	return exchange.Exchange{Situation: exchange.Many, Case: "429", Kept: k}
}

func TestKept(t *testing.T) {
	few := many(40, exchange.Holding{}, exchange.Holding{})
	few.Kept.Requests = 150
	lookAt(t, "keeps-memory", map[string]clientCase{
		"nothing":         {x: many(1, exchange.Holding{}, exchange.Holding{}), text: "grew by 1.00 MB in 400 requests"},
		"100 KB of each":  {x: many(40, exchange.Holding{}, exchange.Holding{}), seen: 1, text: "40.0 MB in 400 requests"},
		"cannot be told":  {x: many(6, exchange.Holding{}, exchange.Holding{}), seen: -1, text: "yet to be collected"},
		"too few":         {x: few, seen: -1, text: "150 requests in 800 ms"},
		"the direct path": {x: exchange.Exchange{Situation: exchange.Many}, seen: -1},
	})
	if f := factOf(t, "keeps-memory", many(40, exchange.Holding{}, exchange.Holding{})); f.Value == nil || *f.Value != 100<<20 || f.Case != "429" {
		t.Errorf("%+v; want 100 MB for 1,000 requests", f)
	}
	has := func(n int) exchange.Holding { return exchange.Holding{Threads: n, Descriptors: n} }
	for _, name := range []bench.BehaviourName{"keeps-descriptors", "keeps-threads"} {
		lookAt(t, name, map[string]clientCase{
			"nothing":        {x: many(0, has(20), has(20))},
			"less":           {x: many(0, has(50), has(20))},
			"a pool grew":    {x: many(0, has(20), has(60))},
			"one of each":    {x: many(0, has(20), has(420)), seen: 1, text: "20 "},
			"an eighth":      {x: many(0, has(20), has(71)), seen: 1},
			"cannot be seen": {x: many(0, has(0), has(0)), seen: -1, text: "cannot be seen"},
			"too few":        {x: few, seen: -1, text: "150 requests"},
		})
	}
}

func TestRest(t *testing.T) {
	rests := func(used ...int) exchange.Exchange { // ms in each 100 ms
		k := &exchange.Kept{Course: []exchange.Step{{}}}
		last := exchange.Step{}
		for _, u := range used {
			last.At += 100 * ms
			last.CPU += time.Duration(u) * ms
			k.Course = append(k.Course, last)
		}
		return exchange.Exchange{Situation: exchange.Rest, Kept: k}
	}
	lookAt(t, "busy-at-rest", map[string]clientCase{
		"sleeps":                {x: rests(0, 0, 0, 0, 0), text: "0"},
		"a busy loop":           {x: rests(98, 99, 100, 97, 99), seen: 1, text: "99 % of a CPU"},
		"a tenth":               {x: rests(10, 12, 9, 10, 11), seen: 1, text: "10 %"},
		"something follows":     {x: rests(100, 80, 1, 0, 0)},
		"collects garbage once": {x: rests(0, 0, 90, 60, 50)},
		"a little":              {x: rests(2, 3, 2, 2, 3)},
		"the direct path":       {x: exchange.Exchange{Situation: exchange.Rest}, seen: -1},
	})
}

func TestDies(t *testing.T) {
	alive := exchange.Exchange{Situation: exchange.Alive, Answers: []exchange.Answer{{}}}
	dead := exchange.Exchange{Situation: exchange.Alive, Answers: []exchange.Answer{{Broken: "the gateway ended with exit status 2"}}}
	lookAt(t, "dies", map[string]clientCase{
		"lives": {x: alive},
		"dead":  {x: dead, seen: 1, text: "exit status 2"},
	})
}

// TestKeptOfUnfinishedWork: what a gateway holds for work that it did not end with its
// client is that fault's, and no second one.
func TestKeptOfUnfinishedWork(t *testing.T) {
	leaks := many(40, exchange.Holding{Descriptors: 20, Threads: 20}, exchange.Holding{Descriptors: 420, Threads: 420})
	leaks.Arm, leaks.Case = bench.Head, exchange.ClientGone
	for worksOn, left := range map[bool]exchange.Exchange{false: leaves(ended(2*ms, true)), true: leaves(ended(1400*ms, false))} {
		left.Arm = bench.Head
		for _, f := range Facts([]exchange.Exchange{left, leaks}) {
			known, _ := Describe(f.Behaviour)
			if known.Group == Holdings && ((f.Seen > 0) == worksOn || (f.Unseen != "") != worksOn) {
				t.Errorf("the backend works on: %v: %+v", worksOn, f)
			}
		}
	}
}
