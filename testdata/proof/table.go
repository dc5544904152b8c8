package proof

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Table is a record as Markdown: a line for each row, and the findings that unchanged
// gateways were wrongly said to have.
func Table(all []Decision) string {
	if len(all) == 0 {
		return "No decision is on record.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s; commit %s.\n\n", dates(all),
		different(all, func(d Decision) string { return d.Machine }), different(all, func(d Decision) string { return d.Commit }))
	for _, c := range columns {
		fmt.Fprintf(&b, "| %s ", c.head)
	}
	b.WriteString("|\n|---" + strings.Repeat("|--:", len(columns)-1) + "|\n")
	var aa, same group
	for _, r := range Rows {
		own := group{r.Name, r, slices.DeleteFunc(slices.Clone(all), func(d Decision) bool { return d.Row != r.Name })}
		own.write(&b)
		if r.isAA() {
			aa.all = append(aa.all, own.all...)
		}
		if r.Unchanged() {
			same.all = append(same.all, own.all...)
		}
	}
	aa.name, same.name = "all aa", "all unchanged"
	aa.write(&b)
	same.write(&b)
	b.WriteString(wrong(same.all))
	return b.String()
}

// dates are the first and the last.
func dates(all []Decision) string {
	var days []string
	for _, d := range all {
		days = append(days, d.Date)
	}
	first, last := slices.Min(days), slices.Max(days)
	if first == last {
		return first
	}
	return first + " to " + last
}

// different lists what differs.
func different(all []Decision, of func(Decision) string) string {
	var names []string
	for _, d := range all {
		names = append(names, of(d))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// group is the decisions of a line of the table.
type group struct {
	name string
	row  Row // zero for several
	all  []Decision
}

func (g group) write(b *strings.Builder) {
	if len(g.all) == 0 {
		return
	}
	for _, c := range columns {
		fmt.Fprintf(b, "| %s ", c.cell(g))
	}
	b.WriteString("|\n")
}

// column is one of the table.
type column struct {
	head string
	cell func(group) string
}

var columns = []column{
	{"row", func(g group) string { return g.name }},
	{"decisions", func(g group) string { return strconv.Itoa(len(g.all)) }},
	{"regression", outcomes(bench.Regression)},
	{"95 %", func(g group) string { return interval(g.count(isA(bench.Regression)), len(g.all)) }},
	{"found", func(g group) string {
		if g.row.Finds == nil {
			return missing
		}
		return strconv.Itoa(g.count(g.row.Found))
	}},
	{"noted", func(g group) string {
		return strconv.Itoa(g.count(func(d Decision) bool { return d.Outcome != bench.Regression && len(d.Noted) > 0 }))
	}},
	{"improvement", outcomes(bench.Improvement)},
	{"pass", outcomes(bench.Pass)},
	{"inconclusive", outcomes(bench.Inconclusive)},
	{"failed", outcomes(Failed)},
	{"falsely new", func(g group) string {
		known := g.count(func(d Decision) bool { return d.Findings != nil && d.Outcome != Failed })
		if g.row.Name != "" && !g.row.Unchanged() || known == 0 {
			return missing
		}
		return fmt.Sprintf("%d of %d", g.count(saysNew), known)
	}},
	{"median change of overhead", func(g group) string {
		m := median(values(g.all, func(d Decision) *float64 { return d.Change }))
		if math.IsNaN(m) {
			return ""
		}
		return rounded(100*m, 10) + " %"
	}},
	{"seconds, median and most", seconds(func(d Decision) *float64 { return &d.Seconds })},
	{"of it timing", seconds(part(func(s bench.Spent) float64 { return s.Timing }))},
	{"behaviours", seconds(part(func(s bench.Spent) float64 { return s.Behaviours }))},
	{"counting", seconds(part(func(s bench.Spent) float64 { return s.Counting }))},
}

const missing = "–"

func isA(o bench.Outcome) func(Decision) bool { return func(d Decision) bool { return d.Outcome == o } }

func outcomes(o bench.Outcome) func(group) string {
	return func(g group) string { return strconv.Itoa(g.count(isA(o))) }
}

func (g group) count(is func(Decision) bool) (n int) {
	for _, d := range g.all {
		if is(d) {
			n++
		}
	}
	return n
}

func part(of func(bench.Spent) float64) func(Decision) *float64 {
	return func(d Decision) *float64 {
		if d.Spent == nil {
			return nil
		}
		return new(of(*d.Spent))
	}
}

// seconds are the median and the most.
func seconds(of func(Decision) *float64) func(group) string {
	return func(g group) string {
		all := values(g.all, of)
		if len(all) == 0 {
			return missing
		}
		return fmt.Sprintf("%.0f, %.0f", median(all), slices.Max(all))
	}
}

func values(all []Decision, of func(Decision) *float64) (values []float64) {
	for _, d := range all {
		if v := of(d); v != nil {
			values = append(values, *v)
		}
	}
	return values
}

// median is the mean of the two in the middle of an even number; not a number of none.
func median(all []float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// interval is Wilson's 95 % interval of k of n.
func interval(k, n int) string {
	const z = 1.96
	of, p := float64(n), float64(k)/float64(n)
	middle := (p + z*z/(2*of)) / (1 + z*z/of)
	half := z * math.Sqrt(p*(1-p)/of+z*z/(4*of*of)) / (1 + z*z/of)
	return rounded(100*max(0, middle-half), 10) + "–" + rounded(100*(middle+half), 10) + " %"
}

// rounded is to a part of one.
func rounded(x, parts float64) string {
	return strconv.FormatFloat(math.Round(x*parts)/parts+0, 'f', -1, 64)
}

// saysNew says whether a decision has a finding that is new with head.
func saysNew(d Decision) bool { return slices.ContainsFunc(d.Findings, Finding.New) }

// wrong lists what unchanged gateways were said to do newly.
func wrong(all []Decision) string {
	var b strings.Builder
	for _, d := range all {
		for _, f := range d.Findings {
			if f.New() {
				fmt.Fprintf(&b, "\n%s %d, falsely new: %s `%s`, %s\n", d.Row, d.N, f.Of, f.Name, f.Text)
			}
		}
	}
	return b.String()
}
