package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// conditions are where and how it was measured.
func (h *hypertext) conditions() (machine, plan []factView) {
	run := h.report.Run
	e, v, p := run.Environment, run.Validity, run.Plan
	machine = []factView{
		{"CPU", clean(e.CPUModel)},
		{"CPUs", fmt.Sprintf("%d (%s), GOMAXPROCS %d", e.CPUs, clean(e.Affinity), e.GOMAXPROCS)},
		{"memory", figures.Memory(float64(e.MemoryBytes))},
		{"system", clean(fmt.Sprintf("%s/%s, kernel %s", e.OS, e.Arch, e.Kernel))},
		{"load at the start", fmt.Sprintf("%.2f", e.Load1)},
		{"CPU time stolen by the hypervisor", percent(v.Steal)},
		{"CPU time of other processes", percent(v.Foreign)},
	}
	for _, arm := range slices.Sorted(maps.Keys(e.BinarySHA256)) {
		machine = append(machine, factView{"SHA-256 of " + clean(string(arm)), clean(e.BinarySHA256[arm])})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Variables)) {
		machine = append(machine, factView{clean(name), clean(e.Variables[name])})
	}
	plan = []factView{
		{"tool", clean(fmt.Sprintf("%s %s, %s", run.Tool.Name, run.Tool.Version, run.Tool.Go))},
		{"started", fmt.Sprintf("%s, took %s", run.Started.UTC().Format("2006-01-02 15:04:05 MST"), wholeSeconds(run.Elapsed))},
		{"plan", clean(h.sheet.plan())},
		{"seed", fmt.Sprint(run.Seed)},
		{"API", clean(p.API)},
		{"arms", clean(h.sheet.armList())},
		{"rounds per process", fmt.Sprint(p.Restart)},
		{"warm-up", fmt.Sprintf("%s on each connection", counted(p.WarmUp, "request"))},
		{"mock", settings(p.Answer)},
		{"fingerprint", clean(p.Fingerprint)},
	}
	if run.Policy != nil {
		plan = append(plan, factView{"thresholds", thresholds(*run.Policy)})
	}
	return machine, plan
}

// settings of the mock in one line; encoding/json has sorted them.
func settings(of map[string]any) string {
	text, err := json.Marshal(of)
	if err != nil {
		return "cannot be shown: " + clean(err.Error())
	}
	inside := strings.TrimSuffix(strings.TrimPrefix(string(text), "{"), "}")
	return clean(strings.NewReplacer(`"`, "", ",", ", ", ":", ": ").Replace(inside))
}

func thresholds(p bench.Policy) string {
	parts := []string{fmt.Sprintf("%s of overhead, floor %s, alpha %s", percent(p.Threshold), figures.Setting(p.Floor), percent(p.Alpha))}
	for _, t := range p.Thresholds {
		parts = append(parts, fmt.Sprintf("%s: %s", t.Pattern, percent(t.Share)))
	}
	return clean(strings.Join(parts, "; "))
}
