package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// validity is what would make one doubt the verdict.
func (l *letter) validity() string {
	if l.run.Schema == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(bulleted(l.circumstances(), 20) + "\n")
	if rows := l.resolutionRows(); len(rows) > 0 {
		b.WriteString("Smallest change of the value that is found in 4 of 5 runs:\n\n")
		for _, cells := range rows {
			for i := range cells {
				cells[i] = escaped(strings.TrimSpace(cells[i]))
			}
		}
		b.WriteString(tabled("lll", []string{"metric", "best", "worst"}, rows) + "\n")
	}
	if doubts := l.doubts().texts; len(doubts) > 0 {
		b.WriteString("To be doubted:\n\n" + l.listed(doubts, l.most(10)) + "\n")
	}
	return b.String()
}

// circumstances are where and how it was measured.
func (l *letter) circumstances() []string {
	v := l.run.Validity
	disturbed := make(map[int]bool)
	for _, r := range l.run.Rounds {
		if r.Disturbed != "" && r.Void == "" {
			disturbed[r.Round] = true
		}
	}
	_, void := countRounds(l.run.Rounds)
	noise := fmt.Sprintf("CPU time stolen by the hypervisor %s, used by other processes %s; %s, %s that count although the machine was busy",
		percent(v.Steal), percent(v.Foreign), counted(void, "void round"), counted(len(disturbed), "round"))
	items := []string{
		"Machine: " + md(l.sheet.machine()),
		"Plan: " + md(l.sheet.plan()),
		fmt.Sprintf("Started: %s, took %s", l.run.Started.UTC().Format("2006-01-02 15:04:05 MST"), wholeSeconds(l.run.Elapsed)),
		"Noise: " + md(noise),
	}
	for _, arm := range l.sheet.arms {
		if l.sheet.failed[arm] > 0 {
			items = append(items, md(capital(l.sheet.errorNote(arm))))
		}
	}
	if more := strings.TrimSpace(l.sheet.memoryLines() + l.sheet.failuresLine()); more != "" {
		for line := range strings.Lines(more) {
			items = append(items, md(capital(line)))
		}
	}
	return items
}

// most is how many items of a list are shown: all where all is wanted, within
// reason.
func (l *letter) most(n int) int {
	if l.all {
		return 500
	}
	return n
}

// why is the rule that was applied and what it came to.
func (l *letter) why() string {
	if len(l.Verdict.Scenarios) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(md(capital(l.rule())) + ".\n\n")
	var lines []string
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement, bench.Inconclusive} {
		lines = append(lines, l.reasonLines(o)...)
	}
	b.WriteString(l.listed(lines, l.most(12)))
	var groups []string
	for _, g := range l.Groups {
		groups = append(groups, groupLine(g))
	}
	b.WriteString(l.listed(groups, l.most(12)))
	return b.String()
}

// reproduction is the one command that repeats the measurement.
func (l *letter) reproduction() string {
	if l.context.Reproduce == "" {
		return ""
	}
	text := command(l.context.Reproduce)
	if l.run.Schema != "" {
		text += fmt.Sprintf("\nThe order of the measurements comes from the seed %d. Another machine has other times; what it says of the change should be the same.\n", l.run.Seed)
	}
	return text
}
