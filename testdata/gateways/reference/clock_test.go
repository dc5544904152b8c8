package main

import (
	"runtime"
	"testing"
	"time"
)

func TestSleepIsNeverShort(t *testing.T) {
	for _, d := range []time.Duration{time.Nanosecond, 40 * time.Microsecond, 41 * time.Microsecond, 200 * time.Microsecond, 5 * time.Millisecond} {
		start := time.Now()
		sleep(d)
		if took := time.Since(start); took < d {
			t.Errorf("sleep(%v) took %v", d, took)
		}
	}
}

func TestBurnUsesCPUTime(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const d = 5 * time.Millisecond
	start := threadCPUTime()
	burn(d)
	if used := threadCPUTime() - start; used < d {
		t.Errorf("burn(%v) used %v of CPU time", d, used)
	}
}

func BenchmarkSleep(b *testing.B) {
	for _, d := range []time.Duration{200 * time.Microsecond, time.Millisecond, 5 * time.Millisecond} {
		b.Run(d.String(), func(b *testing.B) {
			for b.Loop() {
				sleep(d)
			}
			late := float64(b.Elapsed())/float64(b.N) - float64(d)
			b.ReportMetric(late, "late-ns/op")
		})
	}
}
