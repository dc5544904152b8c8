package measured

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

const openKey = "A request starts when it is due, whether or not earlier ones have been answered, and its time counts from then: " +
	"a stall is in the time of every request that it kept waiting (no coordinated omission). " +
	"Medians over the windows of a rate. Answered: rightly, per second. Lag: how late the generator was by its own fault."

// mostOpenRows bounds a table: a search tries some twenty rates.
const mostOpenRows = 200

// OpenLoop has a table for each scenario, kind of arrivals and clock, with a row
// for each rate and arm.
func (run *Run) OpenLoop() document.Section {
	run.notes = document.Notes{}
	s := document.Section{ID: "open-loop", Heading: "Open loop", Rank: document.Detail}
	for _, t := range run.openTables() {
		s.Blocks = append(s.Blocks, t)
	}
	knees := document.List{Title: "Knee: the largest rate at which the p99 stays within the bound"}
	for _, k := range run.data.Knees {
		knees.Items = append(knees.Items, document.Item{Name: run.about(windowName(k.Mode, k.BodyBytes), k.Arm), Text: kneeLine(k)})
	}
	s.Blocks = append(s.Blocks, knees, document.Paragraph{Text: openKey, Small: true}, run.notes.List(12))
	return s
}

func (run *Run) openTables() []document.Table {
	type key struct {
		mode     bench.Mode
		body     int
		arrivals string
	}
	keys, groups := Grouped(run.data.Windows, func(w bench.Window) key { return key{w.Mode, w.BodyBytes, w.Arrivals} })
	var tables []document.Table
	for _, k := range keys {
		title := fmt.Sprintf("%s · %s arrivals", windowName(k.mode, k.body), k.arrivals)
		if k.mode == bench.SSE {
			tables = append(tables, run.openTable(title+" · first event", groups[k], func(w bench.Window) bench.Tail { return *cmp.Or(w.FirstEvent, &bench.Tail{}) }))
			title += " · whole stream"
		}
		tables = append(tables, run.openTable(title, groups[k], func(w bench.Window) bench.Tail { return w.Latency }))
	}
	return tables
}

// windowName names what a window drove: "json 100B".
func windowName(mode bench.Mode, body int) string {
	switch {
	case mode == "":
		return "all modes"
	case body == 0:
		return plain.Brief(string(mode)) + " mix"
	}
	return fmt.Sprintf("%s %s", plain.Brief(string(mode)), bench.Size(body))
}

func (run *Run) openTable(title string, windows []bench.Window, clock func(bench.Window) bench.Tail) document.Table {
	t := document.Table{Caption: title, Columns: document.Heads(
		"arm", ">windows", ">offered|1/s", ">answered|1/s", "unit", ">p50|unit", ">p95|unit", ">p99|unit", ">longest|unit", ">lag p99|unit", "notes")}
	order := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	windows = slices.Clone(windows)
	slices.SortStableFunc(windows, func(a, b bench.Window) int {
		return cmp.Or(cmp.Compare(a.Rate, b.Rate), cmp.Compare(slices.Index(order, a.Arm), slices.Index(order, b.Arm)), cmp.Compare(a.Arm, b.Arm))
	})
	type key struct {
		rate float64
		arm  bench.Arm
	}
	keys, alike := Grouped(windows, func(w bench.Window) key { return key{w.Rate, w.Arm} })
	for _, k := range keys[:min(len(keys), mostOpenRows)] {
		t.Rows = append(t.Rows, run.openRow(alike[k], clock))
	}
	return t
}

// openRow has medians over the windows that are evidence: those in which the rig
// was not the limit or, where it was in all, all of them.
func (run *Run) openRow(all []bench.Window, clock func(bench.Window) bench.Tail) document.Row {
	windows := slices.DeleteFunc(slices.Clone(all), func(w bench.Window) bool { return w.Limited != "" })
	var numbers []int
	if limited := len(all) - len(windows); limited > 0 {
		numbers = append(numbers, run.limitedNote(all, limited))
	}
	if len(windows) == 0 {
		windows = all
	}
	numbers = append(numbers, run.windowNotes(all)...)
	middle := func(of func(bench.Window) *float64) *float64 {
		var values []float64
		for _, w := range windows {
			if v := of(w); v != nil {
				values = append(values, *v)
			}
		}
		return figureOf(values, false, gap{}).value
	}
	times := []*float64{
		middle(func(w bench.Window) *float64 { return clock(w).P50 }), middle(func(w bench.Window) *float64 { return clock(w).P95 }),
		middle(func(w bench.Window) *float64 { return clock(w).P99 }), middle(func(w bench.Window) *float64 { return clock(w).Max }),
		middle(func(w bench.Window) *float64 { return w.Lag.P99 }),
	}
	if i := slices.IndexFunc(windows, func(w bench.Window) bool { return clock(w).Omitted != "" }); i >= 0 {
		numbers = append(numbers, run.omittedNote(windows[i], clock(windows[i]).Omitted))
	}
	scale := figures.OfTimes(There(times...)...)
	cells := []document.Cell{
		{Text: run.Role(all[0].Arm)},
		{Text: strconv.Itoa(len(windows))},
		document.Number(middle(func(w bench.Window) *float64 { return &w.Offered }), figures.Digits),
		document.Number(middle(func(w bench.Window) *float64 { return &w.Achieved }), figures.Digits),
		{Text: scale.Unit},
	}
	for _, v := range times {
		cells = append(cells, document.Number(v, scale.Format))
	}
	return document.Row{Cells: append(cells, document.MarkCell(numbers))}
}

// omittedNote says why a percentile is not there.
func (run *Run) omittedNote(w bench.Window, why string) int {
	text := fmt.Sprintf("omitted where there are too few requests: %s, such as %s", windowName(w.Mode, w.BodyBytes), why)
	if w.Rate > 0 {
		text += "; take a longer --window"
	}
	return run.notes.Mark("window omitted "+windowName(w.Mode, w.BodyBytes), text)
}

// limitedNote says that windows are no evidence, and why.
func (run *Run) limitedNote(all []bench.Window, limited int) int {
	first := all[slices.IndexFunc(all, func(w bench.Window) bool { return w.Limited != "" })]
	text := "rig-limited, so no evidence on a gateway: " + plain.To(first.Limited, 240)
	if limited < len(all) {
		text = fmt.Sprintf("%d of %s omitted, being rig-limited: %s", limited, figures.Counted(len(all), "window"), plain.To(first.Limited, 240))
	}
	return run.notes.Mark(text, text)
}

// windowNotes are on requests that failed or found no connection.
func (run *Run) windowNotes(all []bench.Window) (numbers []int) {
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
	where := fmt.Sprintf("%s at %s, %s", run.Role(all[0].Arm), figures.Rate(all[0].Rate), windowName(all[0].Mode, all[0].BodyBytes))
	if failed > 0 {
		numbers = append(numbers, run.notes.Mark("window errors "+where, fmt.Sprintf("errors of %s: %d of %d requests (%s); they are not in the times",
			where, failed, sent+failed, classList(classes))))
	}
	if waited > 0 {
		numbers = append(numbers, run.notes.Mark("waited", "requests that were due while every connection was waiting for an answer; their wait is in their times"))
	}
	return numbers
}

func kneeLine(k bench.Knee) string {
	bound := "p99 within " + figures.Setting(k.Bound)
	if k.BoundBase != nil && *k.BoundBase > 0 {
		bound += fmt.Sprintf(", %.3g times that at a tenth of the closed loop's throughput", k.Bound / *k.BoundBase)
	}
	what := ""
	switch {
	case k.Held != nil && k.Missed != nil:
		what = fmt.Sprintf("held at %s, no longer at %s", figures.Rate(*k.Held), figures.Rate(*k.Missed))
	case k.Held != nil:
		what = "at least " + figures.Rate(*k.Held)
	case k.Missed != nil:
		what = fmt.Sprintf("below %s, which is the lowest that was tried", figures.Rate(*k.Missed))
	default:
		what = "not found"
	}
	text := fmt.Sprintf("%s (%s; %s arrivals, %s)", what, bound, k.Arrivals, figures.Counted(len(k.Windows), "window"))
	if k.Ended != "" {
		text += "; " + k.Ended
	}
	return text
}
