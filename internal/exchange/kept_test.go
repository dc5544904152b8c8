package exchange

import (
	"math"
	"testing"
	"time"
)

// heap is a gateway of so many MB whose memory is as given after each of some batches
// of requests.
func heap(before float64, batch int, mb ...float64) Kept {
	k := Kept{Before: Holding{RSS: int64(before * (1 << 20))}}
	for i, m := range mb {
		k.Requests = batch * (i + 1)
		k.Course = append(k.Course, Step{Requests: k.Requests, Holding: Holding{RSS: int64(m * (1 << 20))}})
	}
	return k
}

func TestGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		kept Kept
		want Growth
	}{
		"keeps nothing":                 {heap(20, 500, 20, 20.4, 20.3, 21), Steady},
		"10 KB of each":                 {heap(20, 400, 23.9, 27.8, 31.7, 35.6), Growing},
		"300 KB of each, a slow one":    {heap(80, 70, 101, 122, 143, 164), Growing},
		"10 KB of each, by steps":       {heap(20, 500, 20, 30, 30, 44), Growing},
		"a heap that fills once":        {heap(60, 300, 75, 80, 80.5, 80.2), Steady},
		"a heap that is collected":      {heap(60, 300, 68, 75, 82, 66), Steady},
		"a heap that may yet be filled": {heap(100, 300, 105, 111, 116, 121), Unclear},
		"a heap that doubles":           {heap(110, 900, 117, 124, 130), Unclear},
		"too few":                       {heap(20, 40, 30, 40, 50, 60), Unclear},
		"nothing was measured":          {Kept{}, Unclear},
		"no request was answered":       {heap(20, 0, 20), Unclear},
	} {
		if got, each := c.kept.Growth(); got != c.want {
			t.Errorf("%s: %v, want %v (%.0f bytes for each)", name, got, c.want, each)
		}
	}
	slow := heap(400, 100, 404, 407, 411)
	slow.Took = 600 * time.Millisecond
	if slow.WillGrow(3 * time.Second) {
		t.Error("55 MB more in 3 s are less than a heap of 400 MB grows by")
	}
	slow.Before.RSS -= 350 << 20
	for i := range slow.Course {
		slow.Course[i].RSS -= 350 << 20
	}
	if !slow.WillGrow(3 * time.Second) {
		t.Error("55 MB more in 3 s are more than a heap of 50 MB grows by")
	}
	if _, each := heap(20, 512, 25, 30).Growth(); each != 10<<10 {
		t.Errorf("%.0f bytes for each request", each)
	}
}

func TestBusy(t *testing.T) {
	var k Kept
	for i, ms := range []int{0, 10, 15, 45} {
		k.Course = append(k.Course, Step{At: time.Duration(i) * 100 * time.Millisecond, Holding: Holding{CPU: time.Duration(ms) * time.Millisecond}})
	}
	got := k.Busy()
	for i, want := range []float64{0.05, 0.1, 0.3} {
		if math.Abs(got[i]-want) > 1e-9 {
			t.Errorf("%v", got)
		}
	}
}
