package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Text writes what a person wants to know of a run that nothing is decided about:
// what was measured, a table for each mode and clock, how overhead grows, what
// it looks like, and what to doubt. Of the verdict there are only diagnoses.
func Text(w io.Writer, r Report, style Style) error {
	s := newSheet(r, style)
	body := s.header() + s.tables() + s.growthSections() + s.openSections() + s.probeSection() + s.memoryLines() + s.failuresLine() +
		diagnoses(r.Verdict.Diagnoses, len(s.rows), width, style)
	for i, warning := range r.Run.Validity.Warnings {
		s.notes.mark(fmt.Sprintf("warning %d", i), warning)
	}
	if _, err := io.WriteString(w, body+s.legend()+s.notes.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// sheet is a run laid out for a text.
type sheet struct {
	run      bench.Run
	style    Style
	rows     []row
	arms     []bench.Arm // in the order direct, base, head
	gateways []bench.Arm // arms without direct
	failed   map[bench.Arm]int
	notes    notes

	diagnoses []bench.Diagnosis
}

func newSheet(r Report, style Style) *sheet {
	run := r.Run
	s := &sheet{run: run, style: style, rows: rowsOf(run), failed: make(map[bench.Arm]int), diagnoses: r.Verdict.Diagnoses}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		if !slices.Contains(run.Plan.Arms, arm) {
			continue
		}
		s.arms = append(s.arms, arm)
		if arm != bench.Direct {
			s.gateways = append(s.gateways, arm)
		}
		for _, r := range s.rows {
			n, _ := r.errors(arm)
			s.failed[arm] += n
		}
	}
	return s
}

func (s *sheet) scenarios() []bench.Scenario {
	all := make([]bench.Scenario, len(s.rows))
	for i, r := range s.rows {
		all[i] = r.Scenario
	}
	return all
}

func (s *sheet) has(arm bench.Arm) bool { return slices.Contains(s.arms, arm) }

// role names an arm as a column does: one gateway alone is "proxied".
func (s *sheet) role(arm bench.Arm) string {
	if arm != bench.Direct && len(s.gateways) == 1 {
		return "proxied"
	}
	return string(arm)
}

// tables is one table for each mode and clock. With two gateways, what the
// answers cost does not fit beside their times.
func (s *sheet) tables() string {
	var b strings.Builder
	add := func(mode bench.Mode, title string, rows []row, columns []column) {
		fmt.Fprintf(&b, "\n%s\n%s", s.style.bold(clean(string(mode))+" · "+title), s.table(rows, columns))
	}
	for _, mode := range s.modes() {
		rows := s.rowsIn(mode)
		whole := answer
		if mode == bench.SSE {
			whole = wholeStream
			add(mode, firstEvent.title, rows, append(s.times(firstEvent), s.stream()...))
		}
		if len(s.gateways) > 1 {
			add(mode, whole.title, rows, s.times(whole))
			add(mode, "throughput and CPU per request", rows, s.work())
		} else {
			add(mode, whole.title, rows, append(s.times(whole), s.work()...))
		}
	}
	return b.String()
}

func (s *sheet) modes() []bench.Mode {
	var all []bench.Mode
	for _, r := range s.rows {
		if !slices.Contains(all, r.Mode) {
			all = append(all, r.Mode)
		}
	}
	return all
}

func (s *sheet) rowsIn(mode bench.Mode) []row {
	return slices.DeleteFunc(slices.Clone(s.rows), func(r row) bool { return r.Mode != mode })
}

// legend explains the columns that are there.
func (s *sheet) legend() string {
	lines := []string{"times: the mean of the fastest 80 % of a round's requests, then the median over the rounds"}
	if s.has(bench.Direct) && len(s.gateways) > 0 {
		lines = append(lines, "overhead: proxied minus direct in the same round")
	}
	if len(s.stream()) > 0 && slices.Contains(s.modes(), bench.SSE) {
		lines = append(lines, "headers, 1st delta and gap (between events): overhead of their medians")
	}
	lines = append(lines, "±: half the range of the middle 80 % of the rounds")
	if len(s.gateways) == 1 && s.has(bench.Direct) {
		lines = append(lines, "p99: of the proxied requests")
	}
	if len(s.gateways) > 0 {
		lines = append(lines, "CPU: CPU time of the gateway per request")
	}
	return "\n" + hanging("", strings.Join(lines, "; ")+".")
}
