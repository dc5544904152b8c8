package behaviour

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// TestUsual: an answer that is wrong as all answers are says nothing of failures.
func TestUsual(t *testing.T) {
	plain := func(class bench.ErrorClass, stream bool) exchange.Exchange {
		x := answered(exchange.Answer{Status: 200, Class: class, Detail: "so"})
		x.Situation, x.Arm, x.Process, x.Sent[0].Stream = exchange.JSON, bench.Head, 1, stream
		return x
	}
	after := func(class bench.ErrorClass) exchange.Exchange {
		x := plain(class, false)
		x.Situation = exchange.AfterFailing
		return x
	}
	for name, test := range map[string]struct {
		all  []exchange.Exchange
		seen int
	}{
		"well":                {[]exchange.Exchange{plain("", false), after("")}, 0},
		"wrong after":         {[]exchange.Exchange{plain("", false), after(bench.ErrBody)}, 1},
		"wrong always":        {[]exchange.Exchange{plain(bench.ErrBody, false), after(bench.ErrBody)}, 0},
		"wrong in streams":    {[]exchange.Exchange{plain("", false), plain(bench.ErrBody, true), after(bench.ErrBody)}, 1},
		"sometimes wrong":     {[]exchange.Exchange{plain("", false), plain(bench.ErrBody, false), after(bench.ErrBody)}, 1},
		"wrong in other ways": {[]exchange.Exchange{plain(bench.ErrStatus, false), after(bench.ErrBody)}, 1},
	} {
		for _, f := range Facts(test.all) {
			if f.Behaviour == "unwell-after-errors" && (f.Of != 1 || f.Seen != test.seen) {
				t.Errorf("%s: %+v, want seen %d", name, f, test.seen)
			}
		}
		if class := test.all[0].Answers[0].Class; class != "" && test.all[0].Answers[0].Detail == "" {
			t.Errorf("%s: the exchange itself was changed", name)
		}
	}
}

// TestLostPromptSaysNothing: the backend did not do what was to be seen.
func TestLostPromptSaysNothing(t *testing.T) {
	x := answered(exchange.Answer{Status: 200})
	x.Situation, x.Arm, x.Received, x.Strangers = exchange.Failing, bench.Head, nil, 1
	for _, f := range Facts([]exchange.Exchange{x}) {
		if f.Of > 0 || f.Unseen == "" {
			t.Errorf("%+v", f)
		}
	}
}
