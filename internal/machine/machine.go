// Package machine describes this machine and reads its counters, from which a
// reader can tell whether to trust a measurement.
//
// It reads /proc and must not know gateways or load.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Describe describes the machine. Fields that cannot be read stay zero: an unusual
// /proc is no reason not to measure.
func Describe() bench.Environment {
	return bench.Environment{
		CPUModel:    cpuModel(read("/proc/cpuinfo")),
		CPUs:        runtime.NumCPU(),
		MemoryBytes: memTotal(read("/proc/meminfo")),
		Kernel:      strings.TrimSpace(read("/proc/sys/kernel/osrelease")),
		OS:          osName(read("/etc/os-release")),
		Arch:        runtime.GOARCH,
		GOMAXPROCS:  runtime.GOMAXPROCS(0),
		Affinity:    value(read("/proc/self/status"), "Cpus_allowed_list"),
		Load1:       firstNumber(read("/proc/loadavg")),
	}
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
}

// Read reads the counters.
func Read() (Counters, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return Counters{}, fmt.Errorf("the machine's CPU times: %w", err)
	}
	c, err := parseStat(string(b))
	if err != nil {
		return Counters{}, err
	}
	c.MemoryStall = pressureTotal(read("/proc/pressure/memory"))
	c.IOStall = pressureTotal(read("/proc/pressure/io"))
	return c, nil
}

// ProcessCPU is the CPU time that this process has used so far.
func ProcessCPU() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		panic(fmt.Sprintf("CLOCK_PROCESS_CPUTIME_ID cannot be read: %v", err)) // no Linux is without it
	}
	return time.Duration(ts.Nano())
}

// userTick is the unit of /proc/stat: USER_HZ is 100 on every Linux that Go
// runs on (proc(5), sysconf(_SC_CLK_TCK)).
const userTick = 10 * time.Millisecond

// parseStat reads the first line of /proc/stat:
// cpu user nice system idle iowait irq softirq steal guest guest_nice.
// Guest time is contained in user and nice.
func parseStat(s string) (Counters, error) {
	line, _, _ := strings.Cut(s, "\n")
	f := strings.Fields(line)
	if len(f) < 9 || f[0] != "cpu" {
		return Counters{}, fmt.Errorf("/proc/stat begins with %.80q, not with the CPU times", line)
	}
	var t [8]time.Duration
	for i := range t {
		n, err := strconv.ParseInt(f[i+1], 10, 64)
		if err != nil {
			return Counters{}, fmt.Errorf("/proc/stat: %w", err)
		}
		t[i] = time.Duration(n) * userTick
	}
	c := Counters{Steal: t[7], Tasks: t[0] + t[1] + t[2]}
	for _, d := range t {
		c.Total += d
	}
	return c, nil
}

// pressureTotal reads "full avg10=0.00 avg60=0.00 avg300=0.00 total=123", in
// microseconds.
func pressureTotal(s string) time.Duration {
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "full ") {
			continue
		}
		_, total, _ := strings.Cut(line, "total=")
		us, err := strconv.ParseInt(strings.TrimSpace(total), 10, 64)
		if err != nil {
			return 0
		}
		return time.Duration(us) * time.Microsecond
	}
	return 0
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

func memTotal(meminfo string) int64 {
	kB, err := strconv.ParseInt(strings.TrimSuffix(value(meminfo, "MemTotal"), " kB"), 10, 64)
	if err != nil {
		return 0
	}
	return kB << 10
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

func firstNumber(s string) float64 {
	first, _, _ := strings.Cut(s, " ")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return n
}

// read is the text of a file of /proc, empty when it cannot be read.
func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}
