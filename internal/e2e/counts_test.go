//go:build platform

package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestPlatformCounts: in the action the work of a request is counted, by the image's tools
// and as the gateway's user.
func TestPlatformCounts(t *testing.T) {
	for name, owner := range map[string]int{"workspace of the runner": runnerUID, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			j := gatewayJob(t, owner, "", "")
			j.write("workspace/.proxy-bench.yml", strings.Replace(j.read("workspace/.proxy-bench.yml"), "{time_budget: 3s}", "{rounds: 7, time_budget: 90s}", 1))
			r := j.run(t.Context())
			if r.exit != 0 {
				t.Fatalf("exit status %d\n%s", r.exit, r.log)
			}
			found, err := filepath.Glob(filepath.Join(j.dir, "workspace/.proxy-bench/*/run.json"))
			if err != nil || len(found) != 1 {
				t.Fatalf("%q, %v\n%s", found, err, r.log)
			}
			var run bench.Run
			if err := json.Unmarshal([]byte(j.read(strings.TrimPrefix(found[0], j.dir+"/"))), &run); err != nil {
				t.Fatal(err)
			}
			if len(run.Work) != 1 || run.Counting == nil {
				t.Fatalf("%d cells were counted\n%s", len(run.Work), r.log)
			}
			w := run.Work[0]
			t.Logf("%s %s: %.0f instructions, calls %v", run.Counting.Valgrind, run.Counting.Tracer, w.Instructions, w.SystemCalls)
			if w.Uncounted != "" || len(w.Instructions) < 5 || len(w.SystemCalls) == 0 || len(w.Functions) == 0 {
				t.Errorf("%+v", w)
			}
		})
	}
}
