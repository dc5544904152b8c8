//go:build measured

package gateway

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"
)

func init() { testsAtOnce = "2" }

// burn makes the gateway use CPU and returns what the process that did it
// reports to have used since its start, by getrusage(2).
func burn(t testing.TB, p *Process) time.Duration {
	t.Helper()
	ns, err := strconv.ParseInt(get(t, "http://"+p.Addr+"/burn"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(ns)
}

func TestMeasuredCPUAgainstRusage(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, serveLine)
	p := start(t, spec, mark)
	for range 2 {
		reported := burn(t, p)
		// getrusage is exact to a microsecond per field; answering us comes after it.
		if got := p.CPU(); got < reported-2*time.Microsecond || got > reported+30*time.Millisecond {
			t.Errorf("measured %v, the process reports %v", got, reported)
		}
	}
}

// What a worker used stays in the sum when it ends, and its successor counts.
func TestMeasuredCPUOfWorkers(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `ROLE=pool exec "$SELF"`)
	p := start(t, spec, mark)
	last := p.CPU()
	for range 4 {
		burn(t, p)
		burned := p.CPU()
		if rise := burned - last; rise < 300*time.Millisecond {
			t.Errorf("a worker used 300 ms and the sum rose by %v", rise)
		}
		if resp, err := http.Get("http://" + p.Addr + "/exit?code=0"); err == nil {
			resp.Body.Close()
		}
		for range 20 {
			now := p.CPU()
			if now < burned {
				t.Fatalf("fell from %v to %v when a worker ended", burned, now)
			}
			burned = now
			time.Sleep(time.Millisecond)
		}
		last = burned
	}
}

func TestMeasuredMemoryAgainstSmaps(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "HOLD_MIB=64 "+serveLine)
	p := start(t, spec, mark)
	got := p.Memory()
	// The exact sum over the pages, from proc_pid_smaps(5).
	smaps, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	exact := statusBytes(smaps, "Rss:")
	if diff := got.RSS - exact; exact < 64<<20 || max(diff, -diff) > 2<<20 || got.Peak < got.RSS {
		t.Errorf("measured %+v, the pages sum up to %d", got, exact)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := p.Memory(); after.RSS != 0 || after.Peak != got.Peak {
		t.Errorf("was %+v, is %+v after the end", got, after)
	}
}

func BenchmarkCPU(b *testing.B) {
	for name, line := range map[string]string{"one": serveLine, "pool": `ROLE=pool exec "$SELF"`} {
		spec, mark := newSpec(b, line)
		p := start(b, spec, mark)
		burn(b, p) // several threads
		b.Run(name+"/unchanged", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.CPU()
			}
		})
		b.Run(name+"/changed", func(b *testing.B) {
			for b.Loop() {
				p.tree.newest = -1
				p.CPU()
			}
		})
	}
}
