package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// header says what was measured, where and how.
func (s *sheet) header() string {
	run := s.run
	var b strings.Builder
	fmt.Fprintln(&b, s.style.bold(clean(fmt.Sprintf("%s %s · %s API · %s", run.Tool.Name, run.Tool.Version, run.Plan.API, s.armList()))))
	if commit := run.Commit.String(); commit != "" {
		b.WriteString(hanging("commit   ", clean(commit)))
	}
	b.WriteString(hanging("machine  ", clean(s.machine())))
	b.WriteString(hanging("plan     ", clean(s.plan())))
	fmt.Fprintf(&b, "started  %s, took %s\n", run.Started.UTC().Format("2006-01-02 15:04:05 MST"), wholeSeconds(run.Elapsed))
	if !run.Validity.Complete {
		reason := run.Validity.Incomplete
		if reason == "" {
			reason = "the run does not say why"
		}
		b.WriteString(colored(hanging("", clean("INCOMPLETE: "+reason)), s.style.alarm))
	}
	return b.String()
}

// wholeSeconds is a wall-clock time as people say it: "1m20s".
func wholeSeconds(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

func (s *sheet) armList() string {
	names := make([]string, len(s.arms))
	for i, arm := range s.arms {
		names[i] = string(arm)
	}
	return strings.Join(names, ", ")
}

func (s *sheet) machine() string {
	e, v := s.run.Environment, s.run.Validity
	return fmt.Sprintf("%s, %s, %s · %s/%s, kernel %s · load %.2f, steal %.1f %%, other processes %.1f %%",
		e.CPUModel, counted(e.CPUs, "CPU"), figures.Memory(float64(e.MemoryBytes)), e.OS, e.Arch, e.Kernel, e.Load1, 100*v.Steal, 100*v.Foreign)
}

func (s *sheet) plan() string {
	p := s.run.Plan
	valid, void := countRounds(s.run.Rounds)
	rounds := fmt.Sprintf("%d of %s", valid, counted(p.Rounds, "round"))
	if fresh, _ := countRounds(slices.DeleteFunc(slices.Clone(s.run.Rounds), func(r bench.Round) bool { return r.Stage != bench.Confirm })); fresh > 0 {
		rounds = fmt.Sprintf("%s and %d fresh ones", counted(valid-fresh, "round"), fresh)
	}
	if void > 0 {
		rounds += fmt.Sprintf(" (and %d void)", void)
	}
	return fmt.Sprintf("%s × %s of at least %s · %s · time budget %s · seed %d",
		rounds, counted(p.SlicesPer, "slice"), span(p.SliceMin), counted(len(s.run.Scenarios), "scenario"), span(p.Budget), s.run.Seed)
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// countRounds counts the rounds of the trial, each of which is many in the
// run: one for every arm of every scenario.
func countRounds(rounds []bench.Round) (valid, void int) {
	isVoid := make(map[int]bool)
	for _, r := range rounds {
		isVoid[r.Round] = isVoid[r.Round] || r.Void != ""
	}
	for _, v := range isVoid {
		if v {
			void++
		} else {
			valid++
		}
	}
	return valid, void
}

// span writes a time that was configured, as configuration does.
func span(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}
