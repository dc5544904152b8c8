package load

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// every is calls of one job in equal distances.
func every(step time.Duration, n int, j *Job) (calls []Call) {
	for i := range n {
		calls = append(calls, Call{At: time.Duration(i) * step, Job: j})
	}
	return calls
}

func window(t *testing.T, c *Client, calls []Call, connections int) bench.OpenLoopSlice {
	t.Helper()
	got, err := c.OpenLoop(t.Context(), calls, connections)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestOpenCountsTheWait is what an open loop is for: a stall of one answer is in
// the latency of every request that was meant to be sent meanwhile.
func TestOpenCountsTheWait(t *testing.T) {
	const stall = 60 * time.Millisecond
	c := serve(t, func(w io.Writer, n int) bool {
		if n == 5 {
			time.Sleep(stall)
		}
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	got := window(t, c, every(time.Millisecond, 60, job(bench.JSON)), 1)
	if len(got.Observations) != 60 || len(got.Lag) != 60 {
		t.Fatalf("%d observations, %d lags: %v %s", len(got.Observations), len(got.Lag), got.Errors, got.FirstError)
	}
	long, late := 0, 0
	for i, o := range got.Observations {
		if o.Last > int64(stall/3) {
			long++
		}
		if o.Written < got.Lag[i] {
			t.Errorf("request %d was written %d ns after its intended start and started %d ns after it", i, o.Written, got.Lag[i])
		}
		if got.Lag[i] > int64(stall/3) {
			late++
		}
	}
	if long < 35 || late < 35 || got.Waited < 35 {
		t.Errorf("a stall of %v with a request due each ms: %d long, %d late, %d waited", stall, long, late, got.Waited)
	}
}

// TestOpenKeepsTime: calls do not start before they are due, and a slow answer
// does not hold the others up where there are connections for them.
func TestOpenKeepsTime(t *testing.T) {
	const answer = 50 * time.Millisecond
	c := serve(t, func(w io.Writer, _ int) bool {
		time.Sleep(answer)
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	const n = 40
	got := window(t, c, every(5*time.Millisecond, n, job(bench.JSON)), n)
	if len(got.Observations) != n || got.Waited != 0 {
		t.Fatalf("%d observations, %d waited: %v %s", len(got.Observations), got.Waited, got.Errors, got.FirstError)
	}
	if least := (n-1)*5*time.Millisecond + answer; got.Elapsed < least {
		t.Errorf("took %v, not even the %v that the calls take", got.Elapsed, least)
	}
	for i, lag := range got.Lag {
		if lag < 0 {
			t.Errorf("call %d started %d ns before it was due", i, -lag)
		}
	}
}

func TestOpenWithoutServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := client(t, l.Addr().String(), opt)
	got := window(t, c, every(time.Millisecond, 10, job(bench.JSON)), 4)
	if n := got.Errors[bench.ErrConnect]; n < 10 || len(got.Observations) != 0 || got.Sent != 0 {
		t.Errorf("%d errors of connecting for 10 calls, %d observations, %d sent", n, len(got.Observations), got.Sent)
	}
}
