package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// openTable is what the windows of an open loop come to, for one scenario, kind
// of arrivals and clock: a row for each rate and arm.
type openTable struct {
	title  string
	scales []figures.Scale // of the numbers, by column
	rows   []openRow
}

// openRow is the windows of one rate and arm.
type openRow struct {
	arm     string
	windows int
	figures []figure // in the order of openHead
	marks   []int    // notes
}

// openHead are the columns of numbers after the arm and the windows.
var openHead = []struct {
	title string
	of    figures.Quantity
	share int // columns with the same number have one scale
}{
	{"offered", figures.Rate, 0},
	{"answered", figures.Rate, 0},
	{"p50", figures.Duration, 1},
	{"p95", figures.Duration, 1},
	{"p99", figures.Duration, 1},
	{"longest", figures.Duration, 1},
	{"lag p99", figures.Duration, 2},
}

// mostOpenRows bounds a table: a search tries some twenty rates. A comment has
// room for fewer notes than a terminal.
const (
	mostOpenRows  = 200
	mostOpenNotes = 12
)

const openKey = "A request starts when it is due, whether or not earlier ones have been answered, and its time counts from then: " +
	"a stall is in the time of every request that it kept waiting (no coordinated omission). " +
	"Medians over the windows of a rate; answered: rightly, per second; lag: how late the generator was by its own fault."

// openTables lays the windows out. What is to be doubted becomes a note.
func (s *sheet) openTables() []openTable {
	type key struct {
		mode     bench.Mode
		body     int
		arrivals string
	}
	var keys []key
	groups := make(map[key][]bench.Window)
	for _, w := range s.run.Windows {
		k := key{w.Mode, w.BodyBytes, w.Arrivals}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], w)
	}
	var tables []openTable
	for _, k := range keys {
		title := fmt.Sprintf("%s · open loop, %s arrivals", windowName(k.mode, k.body), k.arrivals)
		if k.mode == bench.SSE {
			tables = append(tables, s.openTable(title+" · first event", groups[k], func(w bench.Window) *bench.Tail { return w.FirstEvent }))
			title += " · whole stream"
		}
		tables = append(tables, s.openTable(title, groups[k], func(w bench.Window) *bench.Tail { return &w.Latency }))
	}
	return tables
}

// windowName names what a window drove: "json 100B".
func windowName(mode bench.Mode, body int) string {
	switch {
	case mode == "":
		return "all modes"
	case body == 0:
		return brief(string(mode)) + " mix"
	}
	return fmt.Sprintf("%s %s", brief(string(mode)), bench.Size(body))
}

func (s *sheet) openTable(title string, windows []bench.Window, clock func(bench.Window) *bench.Tail) openTable {
	t := openTable{title: clean(title)}
	order := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	windows = slices.Clone(windows)
	slices.SortStableFunc(windows, func(a, b bench.Window) int {
		return cmp.Or(cmp.Compare(a.Rate, b.Rate), cmp.Compare(slices.Index(order, a.Arm), slices.Index(order, b.Arm)), cmp.Compare(a.Arm, b.Arm))
	})
	for len(windows) > 0 && len(t.rows) < mostOpenRows {
		n := slices.IndexFunc(windows, func(w bench.Window) bool { return w.Rate != windows[0].Rate || w.Arm != windows[0].Arm })
		if n < 0 {
			n = len(windows)
		}
		t.rows = append(t.rows, s.openRow(windows[:n], clock))
		windows = windows[n:]
	}
	values := make(map[int][]float64)
	for _, r := range t.rows {
		for i, f := range r.figures {
			if f.ok {
				values[openHead[i].share] = append(values[openHead[i].share], f.value)
			}
		}
	}
	for _, h := range openHead {
		t.scales = append(t.scales, figures.For(h.of, values[h.share]...))
	}
	return t
}

// openRow takes the medians over the windows that are evidence: those in which
// the rig was not the limit, or, where it was in all, all of them.
func (s *sheet) openRow(all []bench.Window, clock func(bench.Window) *bench.Tail) openRow {
	windows := slices.DeleteFunc(slices.Clone(all), func(w bench.Window) bool { return w.Limited != "" })
	r := openRow{arm: brief(s.role(all[0].Arm)), windows: len(windows)}
	if limited := len(all) - len(windows); limited > 0 {
		r.marks = append(r.marks, s.limitedNote(all, limited))
		if len(windows) == 0 {
			windows, r.windows = all, len(all)
		}
	}
	r.marks = append(r.marks, s.windowNotes(all)...)
	add := func(of func(bench.Window) *float64) {
		var values []float64
		for _, w := range windows {
			if v := of(w); v != nil {
				values = append(values, *v)
			}
		}
		r.figures = append(r.figures, middle(values, gap{}))
	}
	tail := func(w bench.Window) bench.Tail {
		if t := clock(w); t != nil {
			return *t
		}
		return bench.Tail{}
	}
	add(func(w bench.Window) *float64 { return &w.Offered })
	add(func(w bench.Window) *float64 { return &w.Achieved })
	add(func(w bench.Window) *float64 { return tail(w).P50 })
	add(func(w bench.Window) *float64 { return tail(w).P95 })
	add(func(w bench.Window) *float64 { return tail(w).P99 })
	add(func(w bench.Window) *float64 { return tail(w).Max })
	add(func(w bench.Window) *float64 { return w.Lag.P99 })
	for _, w := range windows {
		if left := tail(w).Omitted; left != "" {
			text := fmt.Sprintf("left out where there are too few requests: %s, such as %s", windowName(w.Mode, w.BodyBytes), left)
			if w.Rate > 0 {
				text += "; take a longer --window"
			}
			r.marks = append(r.marks, s.notes.mark("window left "+windowName(w.Mode, w.BodyBytes), text))
			break
		}
	}
	return r
}

// limitedNote says that windows are no evidence, and why.
func (s *sheet) limitedNote(all []bench.Window, limited int) int {
	first := all[slices.IndexFunc(all, func(w bench.Window) bool { return w.Limited != "" })]
	text := fmt.Sprintf("rig-limited, so no evidence on a gateway: %s", cleanTo(first.Limited, 240))
	if limited < len(all) {
		text = fmt.Sprintf("%d of %s left out, being rig-limited: %s", limited, counted(len(all), "window"), cleanTo(first.Limited, 240))
	}
	return s.notes.mark(fmt.Sprintf("limited %s %g %s", windowName(first.Mode, first.BodyBytes), first.Rate, first.Arm), text)
}

// windowNotes are on requests that failed or found no connection.
func (s *sheet) windowNotes(all []bench.Window) (marks []int) {
	classes := make(map[bench.ErrorClass]int)
	failed, sent, waited := 0, 0, 0
	for _, w := range all {
		sent += w.Requests
		waited += w.Waited
		for class, n := range w.Errors {
			classes[class] += n
			failed += n
		}
	}
	sent += failed
	where := fmt.Sprintf("%s at %s, %s", s.role(all[0].Arm), perSecond(all[0].Rate), windowName(all[0].Mode, all[0].BodyBytes))
	if failed > 0 {
		var parts []string
		for _, class := range slices.Sorted(maps.Keys(classes)) {
			parts = append(parts, fmt.Sprintf("%s %d", brief(string(class)), classes[class]))
		}
		marks = append(marks, s.notes.mark("window errors "+where, fmt.Sprintf("errors of %s: %d of %d requests (%s); they have no part in the times",
			where, failed, sent, strings.Join(parts, ", "))))
	}
	if waited > 0 {
		marks = append(marks, s.notes.mark("waited", "requests that were due while every connection was waiting for an answer; their wait is in their times"))
	}
	return marks
}

// perSecond writes one rate: "812/s".
func perSecond(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) + "/s" }

// cells are the texts of a row, without the arm.
func (t openTable) cells(r openRow) []string {
	cells := []string{strconv.Itoa(r.windows)}
	for i, f := range r.figures {
		text := missing
		if f.ok {
			text = t.scales[i].Format(f.value, false)
		}
		cells = append(cells, text)
	}
	return cells
}
