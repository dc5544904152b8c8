//go:build measured

package machine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestMeasuredQuota puts a process that wants a whole CPU into a control group
// that has 0.3 of one, and has it read that.
func TestMeasuredQuota(t *testing.T) {
	if os.Getenv("IN_A_GROUP") != "" {
		for start := time.Now(); time.Since(start) < time.Second; {
		}
		c, err := Read()
		if err != nil {
			t.Fatal(err)
		}
		_ = json.NewEncoder(os.Stdout).Encode(c)
		return
	}
	procs := limitedGroup(t)
	cmd := exec.Command("/bin/sh", "-c", `echo $$ > "$0" && exec "$@"`, procs, os.Args[0], "-test.run=^TestMeasuredQuota$")
	cmd.Env = append(os.Environ(), "IN_A_GROUP=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var c Counters
	if err := json.NewDecoder(strings.NewReader(string(out))).Decode(&c); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// It stands still for 0.7 of the second when it has a CPU to itself.
	if c.Quota != 0.3 || c.Throttled < 10*time.Millisecond || c.Throttled > 1500*time.Millisecond {
		t.Errorf("a quota of %v CPUs, stopped for %v", c.Quota, c.Throttled)
	}
}

// limitedGroup makes a group with a quota of 0.3 CPUs, and returns its list of
// processes. It fails the test where that is not allowed.
func limitedGroup(t *testing.T) (procs string) {
	t.Helper()
	var refused error
	for _, g := range cpuGroups(os.DirFS("/")) {
		dir := filepath.Join("/", g.mount, g.path, fmt.Sprintf("proxy-bench-test-%d", os.Getpid()))
		if err := os.Mkdir(dir, 0o755); err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		t.Cleanup(func() {
			if err := os.Remove(dir); err != nil {
				t.Error(err)
			}
		})
		file, limit := "cpu.cfs_quota_us", "30000"
		if g.unified {
			file, limit = "cpu.max", "30000 100000"
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(limit), 0); err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		return filepath.Join(dir, "cgroup.procs")
	}
	testenv.Lacks(t, fmt.Sprintf("no control group can be made here: %v", refused), "run as root where /sys/fs/cgroup can be written")
	return ""
}
