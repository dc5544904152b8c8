package compare

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestElsewhere: what differs between the jobs of base and head is told apart by what
// follows from it: no figure decides, nothing is comparable, or nothing follows.
func TestElsewhere(t *testing.T) {
	of := func(change func(*bench.Run)) bench.Run {
		run := bench.Run{Tool: bench.Tool{Version: "v1.4.0"}, Plan: bench.Plan{Fingerprint: "f"}}
		run.Environment = bench.Environment{
			CPUModel: "A", CPUs: 4, Kernel: "6.14", Variables: map[string]string{"ImageVersion": "20261101.1"},
			Toolchain: map[bench.Arm]string{bench.Head: "go1.26.1"},
		}
		if change != nil {
			change(&run)
		}
		return run
	}
	for name, c := range map[string]struct {
		change                        func(*bench.Run)
		machine, unlike, surroundings string
	}{
		"alike":         {nil, "", "", ""},
		"CPU":           {func(r *bench.Run) { r.Environment.CPUModel = "B" }, "another CPU: B, here A", "", ""},
		"CPUs":          {func(r *bench.Run) { r.Environment.CPUs = 2 }, "on 2 CPUs, here 4", "", ""},
		"suite":         {func(r *bench.Run) { r.Plan.Fingerprint = "g" }, "", "another suite, other requests or other answers", ""},
		"minor version": {func(r *bench.Run) { r.Tool.Version = "v1.9.2" }, "", "", ""},
		"major version": {func(r *bench.Run) { r.Tool.Version = "v2.0.0" }, "", "by proxy-bench v2.0.0, which measures otherwise than v1.4.0", ""},
		"of no release": {func(r *bench.Run) { r.Tool.Version = "devel" }, "", "", ""},
		"kernel":        {func(r *bench.Run) { r.Environment.Kernel = "6.17" }, "", "", "the kernel was 6.17 and is 6.14"},
		"image":         {func(r *bench.Run) { r.Environment.Variables = map[string]string{"ImageVersion": "20260901.1"} }, "", "", "the runner's image was 20260901.1 and is 20261101.1"},
		"toolchain":     {func(r *bench.Run) { r.Environment.Toolchain = map[bench.Arm]string{bench.Head: "go1.25.0"} }, "", "", "the gateway's toolchain was go1.25.0 and is go1.26.1"},
		"nothing is known": {func(r *bench.Run) {
			r.Environment.Kernel, r.Environment.Variables, r.Environment.Toolchain = "", nil, nil
		}, "", "", ""},
	} {
		base, run := of(c.change), of(nil)
		for what, pair := range map[string][2]string{
			"machine": {OtherMachine(base, run), c.machine}, "unlike": {Unlike(base, run), c.unlike}, "surroundings": {Surroundings(base, run), c.surroundings},
			"doubt": {Doubt(base, run), c.machine + c.unlike},
		} {
			if !strings.HasSuffix(pair[0], pair[1]) || (pair[0] == "") != (pair[1] == "") {
				t.Errorf("%s, %s: %q, want %q", name, what, pair[0], pair[1])
			}
		}
	}
}
