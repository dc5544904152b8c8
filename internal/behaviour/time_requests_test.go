package behaviour

import (
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// acknowledgedWith are answers with these waits, by turns to a client that acknowledges
// at once and to one that does so late.
func acknowledgedWith(waits ...time.Duration) exchange.Exchange {
	x := exchange.Exchange{Situation: exchange.Acknowledged, Arm: bench.Head}
	for i, wait := range waits {
		x.Sent = append(x.Sent, exchange.Sent{DelaysACK: i%2 == 1})
		a := exchange.Answer{Status: 200, Head: ms, Events: []exchange.Event{{At: 3 * ms}}, End: 6 * ms}
		if i%4 == 1 { // before the first event, or after it
			a.Events[0].At += wait
		}
		a.End += wait
		x.Answers = append(x.Answers, a)
	}
	return x
}

func TestDelayedAcknowledgement(t *testing.T) {
	const s = 41 * ms
	for name, c := range map[string]struct {
		waits []time.Duration
		want  bool
	}{
		"none":                    {make([]time.Duration, 12), false},
		"with late ones only":     {[]time.Duration{0, s, 0, s, 0, s, 0, s, 0, s, 0, s}, true},
		"in half of them":         {[]time.Duration{0, s, 0, 0, 0, s, 0, 0, 0, s, 0, 0}, true},
		"one of a busy machine":   {[]time.Duration{0, s, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false},
		"with both":               {[]time.Duration{s, s, s, s, s, s, s, s, s, s, s, s}, false},
		"a machine that is busy":  {[]time.Duration{0, s, s, 0, s, s, 0, s, s, 0, 0, s}, false},
		"another wait, by chance": {[]time.Duration{0, 5 * s, 0, 4 * s, 0, 3 * s, 0, 5 * s, 0, 6 * s, 0, 5 * s}, false},
	} {
		if _, got := seenOf(acknowledgedWith(c.waits...))["delayed-ack-stall"]; got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if f := Facts([]exchange.Exchange{acknowledgedWith(0, s, 0, s)}); len(f) != 1 || f[0].Of != 0 || f[0].Unseen == "" {
		t.Errorf("too few: %+v", f)
	}
}

// restedWith are requests after two rests that take so long, each with more behind it.
func restedWith(arm bench.Arm, first, second, then time.Duration) exchange.Exchange {
	x := exchange.Exchange{Situation: exchange.AfterRest, Arm: arm}
	now := time.Duration(0)
	for _, took := range []time.Duration{first, then, then, then, second, then, then, then} {
		if took != then {
			now += 150 * ms
		}
		x.Sent = append(x.Sent, exchange.Sent{At: now})
		now += took
		x.Answers = append(x.Answers, exchange.Answer{Status: 200, End: now})
	}
	return x
}

func TestAfterRest(t *testing.T) {
	direct := restedWith(bench.Direct, 40*ms, 3*ms, ms)
	for name, c := range map[string]struct {
		first, second, then time.Duration
		want                bool
	}{
		"as fast":       {3 * ms, 3 * ms, 2 * ms, false},
		"wakes up":      {10 * ms, 11 * ms, 2 * ms, false},
		"late by 20 ms": {22 * ms, 23 * ms, 2 * ms, true},
		"late but once": {22 * ms, 4 * ms, 2 * ms, false},
		"all slow":      {52 * ms, 53 * ms, 50 * ms, false},
	} {
		if _, got := seenOf(direct, restedWith(bench.Head, c.first, c.second, c.then))["slow-after-rest"]; got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	late := restedWith(bench.Direct, 50*ms, 50*ms, ms) // and so is the machine
	if f := Facts([]exchange.Exchange{late, restedWith(bench.Head, 60*ms, 60*ms, 2*ms)}); len(f) != 1 || f[0].Seen != 0 {
		t.Errorf("%+v", f)
	}
}

func TestPatience(t *testing.T) {
	for name, c := range map[string]struct {
		a    exchange.Answer
		of   int
		seen int
	}{
		"right":               {exchange.Answer{Status: 200, End: ms}, 1, 0},
		"rewritten":           {exchange.Answer{Status: 200, End: ms, Class: bench.ErrEvent}, 1, 0},
		"cut":                 {exchange.Answer{Status: 200, Broken: "closed", Class: bench.ErrTruncated}, 1, 1},
		"an error of its own": {exchange.Answer{Status: 504, End: ms, Class: bench.ErrStatus}, 1, 1},
		"ends too soon":       {exchange.Answer{Status: 200, End: ms, Class: bench.ErrNoEnd}, 1, 1},
		"never ends":          {exchange.Answer{Status: 200, Broken: "no whole answer within 5s", Class: bench.ErrTimeout}, 0, 0},
	} {
		for _, in := range []exchange.Situation{exchange.Idle, exchange.Silent} {
			facts := Facts([]exchange.Exchange{{
				Situation: in, Arm: bench.Head, Meant: []exchange.Play{{Pause: time.Second}},
				Sent: make([]exchange.Sent, 1), Answers: []exchange.Answer{c.a}, Received: make([]exchange.Received, 1),
			}})
			facts = slices.DeleteFunc(facts, func(f bench.Fact) bool { return f.Behaviour == "retries" })
			if i := slices.IndexFunc(facts, func(f bench.Fact) bool { return f.Of != c.of || f.Seen != c.seen }); len(facts) != 1 || i >= 0 {
				t.Errorf("%s, %s: %+v", name, in, facts)
			}
		}
	}
}
