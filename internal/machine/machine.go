// Package machine describes this machine and reads its counters, from which a
// reader can tell whether to trust a measurement.
//
// It reads /proc and clocks, and must not know gateways or load.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Describe describes the machine. Fields that cannot be read stay zero: an unusual
// /proc is no reason not to measure.
func Describe() bench.Environment {
	e := bench.Environment{
		CPUModel:   cpuModel(read("/proc/cpuinfo")),
		CPUs:       runtime.NumCPU(),
		Kernel:     strings.TrimSpace(read("/proc/sys/kernel/osrelease")),
		OS:         osName(read("/etc/os-release")),
		Arch:       runtime.GOARCH,
		GOMAXPROCS: runtime.GOMAXPROCS(0),
		Affinity:   value(read("/proc/self/status"), "Cpus_allowed_list"),
		CPUQuota:   readQuota(os.DirFS("/")).cpus,
		Variables:  variables(os.Getenv),
	}
	if proc, err := procfs.NewDefaultFS(); err == nil {
		if memory, err := proc.Meminfo(); err == nil && memory.MemTotalBytes != nil {
			e.MemoryBytes = int64(*memory.MemTotalBytes)
		}
		if load, err := proc.LoadAvg(); err == nil {
			e.Load1 = load.Load1
		}
	}
	return e
}

// variables are those by which a runner tells its image. A container action does not
// get them; there the kernel, which is the runner's, tells.
func variables(getenv func(string) string) map[string]string {
	var all map[string]string
	for _, name := range []string{"ImageOS", "ImageVersion", "RUNNER_ENVIRONMENT"} {
		if value := getenv(name); value != "" {
			if all == nil {
				all = map[string]string{}
			}
			all[name] = value
		}
	}
	return all
}

// Counters only grow. CPU times are sums over all CPUs.
type Counters struct {
	Total time.Duration // of any kind, idle included
	Steal time.Duration // taken by the hypervisor
	// Tasks is the time in processes, ours included, without interrupts: these serve
	// the loopback traffic, and the kernel does not say for which process.
	Tasks time.Duration
	// MemoryStall and IOStall are times in which every task that could have run
	// waited: the "full" totals of pressure stall information. 0 without PSI.
	MemoryStall, IOStall time.Duration
	// Throttled is how long this process's control groups were stopped because their
	// CPU quota was used up, summed over the CPUs. 0 without a quota.
	Throttled time.Duration
	Quota     float64 // in CPUs, now; 0: there is none
}

// Read reads the counters.
func Read() (Counters, error) {
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return Counters{}, fmt.Errorf("the machine's counters: %w", err)
	}
	stat, err := proc.Stat()
	if err != nil {
		return Counters{}, fmt.Errorf("the machine's CPU times: %w", err)
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * 1e9) }
	t := stat.CPUTotal
	tasks := t.User + t.Nice + t.System // guest time is contained in user and nice
	c := Counters{
		Total: seconds(tasks + t.Idle + t.Iowait + t.IRQ + t.SoftIRQ + t.Steal),
		Steal: seconds(t.Steal),
		Tasks: seconds(tasks),
	}
	q := readQuota(os.DirFS("/"))
	c.Throttled, c.Quota = q.throttled, q.cpus
	for resource, total := range map[string]*time.Duration{"memory": &c.MemoryStall, "io": &c.IOStall} {
		if psi, err := proc.PSIStatsForResource(resource); err == nil && psi.Full != nil {
			*total = time.Duration(psi.Full.Total) * time.Microsecond
		}
	}
	return c, nil
}

// CPU is the CPU time that a process has used so far, in nanoseconds, all its threads
// with those that have ended. ok is false when there is no such process.
//
// The id of a process's clock is that of clock_getcpuclockid(3), as made by
// MAKE_PROCESS_CPUCLOCK in the kernel's posix-timers.h.
func CPU(pid int) (used time.Duration, ok bool) {
	const clockSched = 2
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|clockSched), &ts); err != nil {
		return 0, false
	}
	return time.Duration(ts.Nano()), true
}

func cpuModel(cpuinfo string) string {
	if model := value(cpuinfo, "model name"); model != "" {
		return model
	}
	// ARM names the parts instead: implementer and part number.
	implementer, part := value(cpuinfo, "CPU implementer"), value(cpuinfo, "CPU part")
	if implementer == "" {
		return runtime.GOARCH
	}
	return "implementer " + implementer + " part " + part
}

func osName(release string) string {
	for line := range strings.Lines(release) {
		if name, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return strings.Trim(strings.TrimSpace(name), `"'`)
		}
	}
	return runtime.GOOS
}

// value finds "key : value" in text of one pair a line.
func value(text, key string) string {
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// read is the text of a file of /proc, empty when it cannot be read.
func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}
