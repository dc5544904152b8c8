package behaviour

import (
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

const ms = time.Millisecond

// factOf is what one exchange with head shows of a behaviour, beside the direct ones.
func factOf(t *testing.T, name bench.BehaviourName, x exchange.Exchange, direct ...exchange.Exchange) bench.Fact {
	t.Helper()
	x.Arm, x.Process = bench.Head, 1
	all := []exchange.Exchange{x}
	for _, d := range direct {
		d.Situation, d.Case, d.Arm, d.Process = x.Situation, x.Case, bench.Direct, 1
		all = append(all, d)
	}
	for _, f := range Facts(all) {
		if f.Behaviour == name && f.Arm == bench.Head {
			return f
		}
	}
	return bench.Fact{}
}

// clientCase is a case of a behaviour: what it has to show of an exchange.
type clientCase struct {
	x      exchange.Exchange
	direct []exchange.Exchange
	seen   int    // 1, 0, or -1 for unseen
	text   string // in the detail, or in why it is unseen
}

func lookAt(t *testing.T, name bench.BehaviourName, cases map[string]clientCase) {
	t.Helper()
	for what, c := range cases {
		f := factOf(t, name, c.x, c.direct...)
		if c.seen < 0 {
			if f.Of != 0 || !strings.Contains(f.Unseen, c.text) || f.Unseen == "" && c.text != "" {
				t.Errorf("%s, %s: %+v; want unseen: %q", name, what, f, c.text)
			}
			continue
		}
		if f.Of != 1 || f.Seen != c.seen || !strings.Contains(f.Detail, c.text) {
			t.Errorf("%s, %s: %+v; want seen %d, %q", name, what, f, c.seen, c.text)
		}
	}
}

// leaves is an exchange whose client goes after 100 ms of a stream of 1.5 s.
func leaves(received ...exchange.Received) exchange.Exchange {
	return exchange.Exchange{
		Situation: exchange.Gone, Case: "inside a stream",
		Sent:     []exchange.Sent{{At: 1000 * ms, Left: 1100 * ms}},
		Answers:  []exchange.Answer{{Status: 200}},
		Received: received,
		Meant:    []exchange.Play{{Shape: llmapi.Shape{Chunks: 76}, Interval: 20 * ms}},
	}
}

func ended(after time.Duration, gone bool) exchange.Received {
	return exchange.Received{At: 1010 * ms, Ended: 1100*ms + after, Gone: gone}
}

func TestClientsThatGo(t *testing.T) {
	with := func(change func(*exchange.Exchange)) exchange.Exchange {
		x := leaves(ended(2*ms, true))
		change(&x)
		return x
	}
	lookAt(t, "ignores-disconnect", map[string]clientCase{
		"ended at once":             {x: leaves(ended(2*ms, true)), text: "ended 2000 µs after the client had gone"},
		"ended late":                {x: leaves(ended(900*ms, true)), text: "ended 900 ms after"},
		"ran to its end":            {x: leaves(ended(1400*ms, false)), seen: 1, text: "for 1.40 s after"},
		"is open":                   {x: leaves(exchange.Received{At: 1010 * ms}), seen: 1, text: "never ended after the client had gone"},
		"one of two attempts":       {x: leaves(ended(2*ms, true), ended(1400*ms, false)), seen: 1},
		"the direct path, too":      {x: leaves(ended(1400*ms, false)), direct: []exchange.Exchange{leaves(ended(1400*ms, false))}, seen: -1, text: "without a gateway"},
		"the answer was over":       {x: with(func(x *exchange.Exchange) { x.Sent[0].Left = 0 }), seen: -1, text: "before the client could go"},
		"the backend was done":      {x: leaves(ended(-50*ms, false)), seen: -1, text: "before the client went"},
		"was refused":               {x: with(func(x *exchange.Exchange) { x.Answers[0].Status = 429 }), seen: -1, text: "status 429"},
		"went before the head":      {x: with(func(x *exchange.Exchange) { x.Answers[0].Status = 0 })},
		"did not reach the backend": {x: leaves(), seen: -1, text: "did not reach"},
		"could not be made":         {x: with(func(x *exchange.Exchange) { x.Failed = "no time" }), seen: -1, text: "no time"},
	})
	lookAt(t, "hangs-up-late", map[string]clientCase{
		"at once":              {x: leaves(ended(2*ms, true))},
		"late":                 {x: leaves(ended(900*ms, true)), seen: 1, text: "900 ms"},
		"never":                {x: leaves(ended(1400*ms, false))},
		"the machine was slow": {x: leaves(ended(900*ms, true)), direct: []exchange.Exchange{leaves(ended(200*ms, true))}, seen: -1, text: "the machine was slow"},
	})
}

// slowly is four streams of 16 MB that are read slowly, of which the backend wrote so
// many MB while the gateway's memory grew by so many for each.
func slowly(written, grown float64) exchange.Exchange {
	const mb = 1 << 20
	return exchange.Exchange{Situation: exchange.Slow, Bytes: 16 * mb, Slow: &exchange.SlowRead{
		Streams: 4, Written: int64(written * mb), Read: mb / 4,
		Before: 20 * mb, Peak: 20*mb + int64(4*grown*mb), Alone: 0.0004, Meanwhile: 0.0005,
	}}
}

func TestClientsThatReadSlowly(t *testing.T) {
	without := slowly(4, 0)
	without.Slow.Before, without.Slow.Peak = 0, 0
	whole := slowly(16, 0)
	whole.Slow.Before, whole.Slow.Peak = 0, 0
	lookAt(t, "buffers-without-bound", map[string]clientCase{
		"holds back":             {x: slowly(7.7, 1.4), direct: []exchange.Exchange{without}, text: "could write 7.70 MB"},
		"takes all in":           {x: slowly(16, 20), direct: []exchange.Exchange{without}, seen: 1, text: "memory grew by 20.0 MB for each"},
		"the kernel takes all":   {x: slowly(16, 6), direct: []exchange.Exchange{without}},
		"large kernel buffers":   {x: slowly(16, 20), direct: []exchange.Exchange{whole}, seen: -1, text: "kernel"},
		"memory of other things": {x: slowly(7.7, 40), direct: []exchange.Exchange{without}},
	})
	silent := slowly(7, 0)
	silent.Slow.Meanwhile = 0
	works := slowly(7, 0)
	works.Slow.Meanwhile, works.Slow.Busy = 0, 0.8
	never := slowly(7, 0)
	never.Slow.Alone, never.Slow.Meanwhile = 0, 0
	lookAt(t, "slow-clients-block-others", map[string]clientCase{
		"others are answered": {x: slowly(7, 1), direct: []exchange.Exchange{without}, text: "500 µs beside them"},
		"others wait":         {x: silent, direct: []exchange.Exchange{without}, seen: 1, text: "not answered beside them"},
		"without it, too":     {x: silent, direct: []exchange.Exchange{silent}, seen: -1, text: "without a gateway"},
		"is slow itself":      {x: works, direct: []exchange.Exchange{without}, seen: -1, text: "no CPU time left"},
		"never answered":      {x: never, direct: []exchange.Exchange{without}, seen: -1, text: "either"},
	})
}
