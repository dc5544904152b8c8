package measured

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Conditions are where and how it was measured.
func (run *Run) Conditions() document.Section {
	s := document.Section{ID: "conditions", Heading: "Conditions", Rank: document.Detail}
	if run.data.Schema == "" {
		return s
	}
	s.Blocks = []document.Block{document.List{Title: "Machine", Items: run.machineFacts()}, document.List{Title: "Plan", Items: run.planFacts()}}
	return s
}

func (run *Run) machineFacts() []document.Item {
	e, v := run.data.Environment, run.data.Validity
	disturbed := make(map[int]bool)
	for _, r := range run.data.Rounds {
		if r.Disturbed != "" && r.Void == "" {
			disturbed[r.Round] = true
		}
	}
	_, void := summary.CountRounds(run.data.Rounds)
	items := []document.Item{
		{Name: "CPU", Text: fmt.Sprintf("%s, %s (%s), GOMAXPROCS %d", e.CPUModel, figures.Counted(e.CPUs, "CPU"), e.Affinity, e.GOMAXPROCS)},
		{Name: "Memory", Text: figures.Memory(float64(e.MemoryBytes))},
		{Name: "System", Text: fmt.Sprintf("%s/%s, kernel %s", e.OS, e.Arch, e.Kernel)},
		{Name: "Load at the start", Text: fmt.Sprintf("%.2f", e.Load1)},
		{Name: "CPU time of others", Text: fmt.Sprintf("stolen by the hypervisor %s, other processes %s", figures.Percent(v.Steal), figures.Percent(v.Foreign))},
		{Name: "Disturbed rounds", Text: fmt.Sprintf("%d void, %d that count although the machine was busy", void, len(disturbed))},
	}
	if e.CPUQuota > 0 {
		items = slices.Insert(items, 1, document.Item{Name: "CPU quota", Text: fmt.Sprintf("%.3g CPUs; it stopped the measurement for %s", e.CPUQuota, figures.Seconds(v.Throttled))})
	}
	for _, arm := range run.Arms {
		if run.failures[arm] > 0 {
			items = append(items, document.Item{Name: "Errors", Text: run.errorNote(arm)})
		}
	}
	for _, arm := range slices.Sorted(maps.Keys(e.BinarySHA256)) {
		items = append(items, document.Item{Name: "SHA-256 of " + plain.Brief(string(arm)), Text: plain.Cut(e.BinarySHA256[arm], 16)})
	}
	for _, arm := range slices.Sorted(maps.Keys(e.Toolchain)) {
		items = append(items, document.Item{Name: "Toolchain of " + plain.Brief(string(arm)), Text: plain.Brief(e.Toolchain[arm])})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Variables)) {
		items = append(items, document.Item{Name: plain.Brief(name), Text: e.Variables[name]})
	}
	return items
}

func (run *Run) planFacts() []document.Item {
	data, p := run.data, run.data.Plan
	items := []document.Item{
		{Name: "Tool", Text: fmt.Sprintf("%s %s, %s", data.Tool.Name, data.Tool.Version, data.Tool.Go)},
		{Name: "Started", Text: run.Started()},
		{Name: "Rounds", Text: run.Plan()},
		{Name: "API", Text: p.API},
		{Name: "Arms", Text: run.ArmList()},
		{Name: "Rounds per process", Text: fmt.Sprint(p.Restart)},
		{Name: "Warm-up", Text: run.warmUp()},
		{Name: "Mock", Text: settings(p.Answer)},
		{Name: "Fingerprint", Text: p.Fingerprint},
	}
	if len(p.LeftOut) > 0 {
		items = append(items, document.Item{Name: "Left out", Text: strings.Join(p.LeftOut, ", ") + ": no time for them"})
	}
	if r := p.Requests; r != nil {
		items = slices.Insert(items, 4, document.Item{Name: "Requests", Text: requests(*r)})
	}
	if run.Paired() {
		items = slices.Insert(items, 3, document.Item{Name: "Process pairs", Text: run.pairs()})
	}
	if len(data.Looks) > 0 {
		items = append(items, document.Item{Name: "Looks", Text: looks(data.Looks)})
	}
	if data.Policy != nil {
		items = append(items, document.Item{Name: "Thresholds", Text: thresholds(*data.Policy)})
	}
	return items
}

// looks says after how many process pairs a gate looked, and with which part of its
// level.
func looks(all []bench.Look) string {
	var parts []string
	for _, l := range all {
		text := figures.Counted(l.Pairs, "process pair")
		if l.Stage == bench.Confirm {
			text = strings.Replace(text, " ", " fresh ", 1)
		}
		if l.Level > 0 {
			text += fmt.Sprintf(" with %s of the level", figures.Percent(l.Level))
		}
		parts = append(parts, text)
	}
	return "after " + strings.Join(parts, ", ")
}

// pairs are the process pairs that were compared.
func (run *Run) pairs() string {
	text := fmt.Sprint(run.Pairs(bench.Screen))
	switch fresh := run.Pairs(bench.Confirm); {
	case run.data.Plan.OneStage:
		text += ", in one stage: all of them decide"
	case fresh > 0:
		text += fmt.Sprintf(" to screen, %d fresh to confirm", fresh)
	}
	return text
}

// requests are what was sent, in one line.
func requests(r bench.Requests) string {
	text := fmt.Sprintf("POST %s, model %s", plain.Brief(r.Path), plain.Brief(r.Model))
	if len(r.Headers) > 0 {
		text += ", own headers " + plain.Cut(strings.Join(r.Headers, ", "), 200)
	}
	return strings.Join(append([]string{text}, r.Notes...), "; ")
}

// settings of the mock in one line; encoding/json has sorted them.
func settings(of map[string]any) string {
	text, err := json.Marshal(of)
	if err != nil {
		return "cannot be shown: " + err.Error()
	}
	inside := strings.TrimSuffix(strings.TrimPrefix(string(text), "{"), "}")
	return strings.NewReplacer(`"`, "", ",", ", ", ":", ": ").Replace(inside)
}

func thresholds(p bench.Policy) string {
	parts := []string{fmt.Sprintf("%s of overhead, floor %s, alpha %s", figures.Percent(p.Threshold), figures.Setting(p.Floor), figures.Percent(p.Alpha))}
	for _, t := range p.Thresholds {
		parts = append(parts, fmt.Sprintf("%s: %s", t.Pattern, figures.Percent(t.Share)))
	}
	return strings.Join(parts, "; ")
}

// ArmList names the arms.
func (run *Run) ArmList() string {
	names := make([]string, len(run.Arms))
	for i, arm := range run.Arms {
		names[i] = string(arm)
	}
	return strings.Join(names, ", ")
}

// Machine is the machine and how busy it was, in one line.
func (run *Run) Machine() string {
	e, v := run.data.Environment, run.data.Validity
	return fmt.Sprintf("%s, %s, %s · %s/%s, kernel %s · load %.2f, steal %s, other processes %s",
		e.CPUModel, figures.Counted(e.CPUs, "CPU"), figures.Memory(float64(e.MemoryBytes)), e.OS, e.Arch, e.Kernel, e.Load1,
		figures.Percent(v.Steal), figures.Percent(v.Foreign))
}

// Plan is what was measured how often, in one line.
func (run *Run) Plan() string {
	p := run.data.Plan
	valid, void := summary.CountRounds(run.data.Rounds)
	rounds := fmt.Sprintf("%d of %s", valid, figures.Counted(p.Rounds, "round"))
	fresh, _ := summary.CountRounds(slices.DeleteFunc(slices.Clone(run.data.Rounds), func(r bench.Round) bool { return r.Stage != bench.Confirm }))
	if fresh > 0 {
		rounds = fmt.Sprintf("%s and %d fresh ones", figures.Counted(valid-fresh, "round"), fresh)
	}
	if void > 0 {
		rounds += fmt.Sprintf(" (and %d void)", void)
	}
	return fmt.Sprintf("%s × %s of at least %s · %s · time budget %s · seed %d",
		rounds, figures.Counted(p.SlicesPer, "slice"), span(p.SliceMin), figures.Counted(len(run.data.Scenarios), "scenario"), span(p.Budget), run.data.Seed)
}

// Started is when it began, and how long it took.
func (run *Run) Started() string {
	took := time.Duration(run.data.Elapsed * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s, took %s", run.data.Started.UTC().Format("2006-01-02 15:04:05 MST"), took)
}

// span writes a time that was configured, as configuration does.
func span(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}
