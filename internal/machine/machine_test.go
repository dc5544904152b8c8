package machine

import (
	"os"
	"runtime"
	"testing"
	"time"
)

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
	own := func() time.Duration {
		used, ok := CPU(os.Getpid())
		if !ok {
			t.Fatal("no clock of this process")
		}
		return used
	}
	for used := own(); own() < used+100*time.Millisecond; {
	}
	after, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	if after.Total <= before.Total || after.Tasks <= before.Tasks {
		t.Errorf("100 ms of CPU time do not show: %+v then %+v", before, after)
	}
}

func TestVariables(t *testing.T) {
	set := map[string]string{"ImageOS": "ubuntu26", "ImageVersion": "20261101.1", "GITHUB_TOKEN": "secret"}
	if got := variables(func(name string) string { return set[name] }); len(got) != 2 || got["ImageVersion"] != "20261101.1" {
		t.Errorf("%v", got)
	}
	if got := variables(func(string) string { return "" }); got != nil {
		t.Errorf("outside of a runner: %v", got)
	}
}
