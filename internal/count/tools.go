package count

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Tools are the programs that count, as this machine has them.
type Tools struct {
	Valgrind, VGDB, Strace string // paths
	// Versions, as bench.Counting has them.
	ValgrindVersion, StraceVersion string
	// NoInstructions and NoCalls say why nothing can be counted; empty if it can.
	NoInstructions, NoCalls string
	libc                    string
}

// The oldest version of Valgrind that reads what compilers write today: DWARF 5.
const oldestMajor, oldestMinor = 3, 18

// askTime is how long a tool may take to tell its version.
const askTime = 10 * time.Second

// Find looks for the tools by a function that finds programs: who runs code that is not
// trusted must not take them from a path which that code can write to.
func Find(ctx context.Context, find func(name string) (string, error)) Tools {
	var t Tools
	t.NoInstructions = t.findValgrind(ctx, find)
	t.NoCalls = t.findStrace(ctx, find)
	if getconf, err := find("getconf"); err == nil {
		t.libc = ask(ctx, getconf, "GNU_LIBC_VERSION")
	}
	return t
}

func (t *Tools) findValgrind(ctx context.Context, find func(string) (string, error)) string {
	var err error
	if t.Valgrind, err = find("valgrind"); err != nil {
		return "valgrind is not installed: apt-get install valgrind"
	}
	if t.VGDB, err = find("vgdb"); err != nil {
		return "vgdb is not installed, which belongs to valgrind: apt-get install valgrind"
	}
	t.ValgrindVersion = ask(ctx, t.Valgrind, "--tool=callgrind", "--version")
	switch {
	case t.ValgrindVersion == "":
		return t.Valgrind + " has no tool callgrind, or does not run here: apt-get install --reinstall valgrind"
	case !recent(t.ValgrindVersion):
		return fmt.Sprintf("%s is %q: it has to be %d.%d or later", t.Valgrind, t.ValgrindVersion, oldestMajor, oldestMinor)
	}
	return ""
}

func (t *Tools) findStrace(ctx context.Context, find func(string) (string, error)) string {
	var err error
	if t.Strace, err = find("strace"); err != nil {
		return "strace is not installed: apt-get install strace"
	}
	version := ask(ctx, t.Strace, "--version")
	t.StraceVersion = strings.Replace(version, " -- version", "", 1)
	if t.StraceVersion == "" {
		return t.Strace + " does not tell its version"
	}
	return ""
}

// ask is the first line that a program prints; empty without one.
func ask(ctx context.Context, program string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}

var numbers = regexp.MustCompile(`^valgrind-(\d+)\.(\d+)\b`)

// recent says whether a version of Valgrind is recent enough.
func recent(version string) bool {
	m := numbers.FindStringSubmatch(version)
	if m == nil {
		return false
	}
	major, _ := strconv.Atoi(m[1]) // an absurd number is the largest, and recent enough
	minor, _ := strconv.Atoi(m[2])
	return major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}

// conditions is what counts by these tools depend on.
func (t Tools) conditions() bench.Counting {
	c := bench.Counting{
		Valgrind: t.ValgrindVersion, Tracer: t.StraceVersion, Libc: t.libc,
		Arch: runtime.GOARCH, Features: features(),
	}
	if t.NoInstructions != "" {
		c.Valgrind = ""
	}
	if t.NoCalls != "" {
		c.Tracer = ""
	}
	if c.Valgrind == "" && c.Tracer == "" {
		c.Uncounted = t.NoInstructions + "; " + t.NoCalls
	}
	return c
}

// visible are the features of a processor that Valgrind lets a program see, where the
// processor has them: libraries choose their code by these.
var visible = strings.Fields(`
	sse3 pni ssse3 sse4_1 sse4_2 cx16 popcnt movbe aes pclmulqdq abm rdtscp avx avx2 f16c fma bmi1 bmi2 rdrand rdseed
	asimd asimdhp asimddp sha1 sha2 crc32 atomics`)

// features are those of this processor.
func features() []string {
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil
	}
	return featuresOf(string(cpuinfo))
}

func featuresOf(cpuinfo string) (found []string) {
	for line := range strings.Lines(cpuinfo) {
		name, list, _ := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); name != "flags" && name != "Features" {
			continue
		}
		for _, feature := range strings.Fields(list) {
			if slices.Contains(visible, feature) {
				found = append(found, feature)
			}
		}
		slices.Sort(found)
		return found // all processors have the same
	}
	return nil
}
