package session

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestBrokenOffWindowCountsWhatIsMissing(t *testing.T) {
	saw := bench.OpenLoopSlice{Slice: bench.Slice{Observations: make([]bench.Observation, 60), Failures: 5, Errors: map[bench.ErrorClass]int{bench.ErrStatus: 10}}}
	breakOff(&saw, 100, time.Second)
	if saw.Errors[bench.ErrTimeout] != 25 || saw.Errors[bench.ErrStatus] != 10 || saw.Elapsed != time.Second {
		t.Errorf("%+v", saw.Slice)
	}
	var none bench.OpenLoopSlice
	breakOff(&none, 100, time.Second)
	if none.Errors[bench.ErrTimeout] != 100 || none.FirstError == "" {
		t.Errorf("%+v", none.Slice)
	}
}
