package machine

import (
	"runtime"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	c, err := parseStat("cpu  100 20 30 400 5 6 7 8 50 60\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Counters{Total: 5760 * time.Millisecond, Steal: 80 * time.Millisecond, Tasks: 1500 * time.Millisecond}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8 9", "cpu a 2 3 4 5 6 7 8"} {
		if _, err := parseStat(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestPressureTotal(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"some avg10=0.00 avg60=0.00 avg300=0.00 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1500\n": 1500 * time.Microsecond,
		"": 0, "full nonsense": 0,
	} {
		if got := pressureTotal(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestModelOfOtherArchitectures(t *testing.T) {
	for in, want := range map[string]string{
		"processor : 0\nmodel name\t: AMD EPYC 7763 64-Core Processor\n": "AMD EPYC 7763 64-Core Processor",
		"processor : 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n":    "implementer 0x41 part 0xd0c",
		"": runtime.GOARCH,
	} {
		if got := cpuModel(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestThisMachine(t *testing.T) {
	e := Describe()
	if e.CPUModel == "" || e.CPUs < 1 || e.MemoryBytes < 1<<20 || e.Kernel == "" || e.Affinity == "" {
		t.Errorf("%+v", e)
	}
	before, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for used := ProcessCPU(); ProcessCPU() < used+100*time.Millisecond; {
	}
	after, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	if after.Total <= before.Total || after.Tasks <= before.Tasks {
		t.Errorf("100 ms of CPU time do not show: %+v then %+v", before, after)
	}
}
