package probe

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// What the counters come to, whatever order clients and streams end in.
func TestWatch(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	counted := func(cut, whole int64) mockllm.Stats { return mockllm.Stats{Cut: 7 + cut, Whole: 3 + whole} } // of earlier ones
	all := func() *watch {
		w := &watch{started: counted(0, 0)}
		for i := range disconnects {
			w.gone = append(w.gone, at(10*i))
		}
		return w
	}
	for name, c := range map[string]struct {
		early int
		cut   []int64 // seen 5 ms, 15 ms, ... after the first has gone
		whole int64   // at the end
		want  bench.Disconnect
	}{
		"each in turn":  {0, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0, bench.Disconnect{Streams: 10, Ended: 10, EndedP50: new(0.005), EndedMax: new(0.005)}},
		"the last late": {0, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10}, 0, bench.Disconnect{Streams: 10, Ended: 10, EndedP50: new(0.005), EndedMax: new(0.025)}},
		"none":          {0, nil, 10, bench.Disconnect{Streams: 10, RanOn: 10}},
		"some":          {0, []int64{1, 2, 3}, 7, bench.Disconnect{Streams: 10, Ended: 3, RanOn: 7}},
		"some for ever": {0, []int64{1, 2, 3}, 4, bench.Disconnect{Streams: 10, Ended: 3, RanOn: 4, Open: 3}},
		"two were over": {2, []int64{0, 0, 8}, 2, bench.Disconnect{Streams: 8, Ended: 8}},
	} {
		w := all()
		w.early = c.early
		over := false
		for i, cut := range c.cut {
			over = w.sees(counted(cut, int64(c.early)), at(5+10*i))
		}
		last := int64(0)
		if len(c.cut) > 0 {
			last = c.cut[len(c.cut)-1]
		}
		if !over {
			over = w.sees(counted(last, c.whole), at(90).Add(paced+settling+time.Millisecond))
		}
		got, err := w.result()
		if err != nil || !over {
			t.Errorf("%s: %v, over %t", name, err, over)
			continue
		}
		for _, pair := range [][2]*float64{{got.EndedP50, c.want.EndedP50}, {got.EndedMax, c.want.EndedMax}} {
			if (pair[0] == nil) != (pair[1] == nil) || pair[0] != nil && (*pair[0]-*pair[1] > 1e-9 || *pair[1]-*pair[0] > 1e-9) {
				t.Errorf("%s: took %v and %v", name, got.EndedP50, got.EndedMax)
			}
		}
		got.EndedP50, got.EndedMax, got.Lasts = nil, nil, 0
		c.want.EndedP50, c.want.EndedMax = nil, nil
		if *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, *got, c.want)
		}
	}
	w := all()
	w.early = disconnects
	if _, err := w.result(); err == nil {
		t.Error("clients that went away too late are counted")
	}
}
