package measured

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Growth says how overhead grows with body size and where requests begin to
// queue, in charts and in words.
//
// The charts through one scenario tell most. Stalled is true where rare stalls
// held up a step of an arm: its times do not show whether requests queue.
func (run *Run) Growth(through func() bench.Scenario, stalled func(bench.Arm, summary.Queue) bool) document.Section {
	s := document.Section{ID: "growth", Heading: "Scaling with body size and concurrency", Rank: document.Detail}
	if len(run.Suite) == 0 {
		return s
	}
	body := document.List{Title: "Overhead against body size (95 % interval)"}
	answer := document.List{Title: "Overhead against the size of the answer (95 % interval)"}
	queue := document.List{Title: "Throughput against concurrency"}
	for _, arm := range run.Gateways() {
		body.Items = append(body.Items, run.aboutEach(arm, sizeLines(summary.SizeGrowth(run.Rounds, run.Suite, arm, summary.OfBody)))...)
		answer.Items = append(answer.Items, run.aboutEach(arm, sizeLines(summary.SizeGrowth(run.Rounds, run.Suite, arm, summary.OfAnswer)))...)
		queues := summary.QueueGrowth(run.Rounds, run.unpaced(), arm, summary.MachineOf(run.data))
		queue.Items = append(queue.Items, run.aboutEach(arm, queueLines(queues, func(q summary.Queue) bool { return stalled(arm, q) }))...)
	}
	s.Blocks = []document.Block{body, answer, queue, run.growthCharts(through())}
	return s
}

func (run *Run) aboutEach(arm bench.Arm, items []document.Item) []document.Item {
	for i := range items {
		items[i].Name = run.about(items[i].Name, arm)
	}
	return items
}

// sizeLines is one line for each mode, at its lowest concurrency, and one for
// every other concurrency that differs from it.
func sizeLines(growth []summary.Growth) []document.Item {
	of := func(g summary.Growth) bench.Scenario {
		g.Rest.Concurrency = 0
		return g.Rest
	}
	_, alike := Grouped(growth, of)
	var lines []document.Item
	for _, g := range growth {
		lowest := slices.MinFunc(alike[of(g)], func(a, b summary.Growth) int { return cmp.Compare(a.Rest.Concurrency, b.Rest.Concurrency) })
		if g.Rest.Concurrency == lowest.Rest.Concurrency || differ(g, lowest) {
			lines = append(lines, document.Item{Name: sweepName(g), Text: sizeLine(g)})
		}
	}
	return lines
}

// sweepName is what the scenarios of a growth have in common.
func sweepName(g summary.Growth) string {
	name := fmt.Sprintf("%s/c%d", g.Rest.Mode, g.Rest.Concurrency)
	switch {
	case g.Rest.Answer > 0:
		return name + "/" + g.Rest.AnswerSize()
	case g.Rest.BodyBytes > 0:
		return name + "/" + g.Rest.Sizes()
	}
	return name
}

// differ is true for different shapes, and for slopes whose intervals do not
// overlap.
func differ(a, b summary.Growth) bool {
	return a.Shape != b.Shape || a.Line.Slope.High < b.Line.Slope.Low || b.Line.Slope.High < a.Line.Slope.Low
}

func sizeLine(g summary.Growth) string {
	u := unitOf(g)
	switch g.Shape {
	case summary.Flat:
		return fmt.Sprintf("flat: %s, no growth is shown (%s)", figures.Seconds(g.Line.Intercept), u.text(g.Line.Slope))
	case summary.Straight:
		return fmt.Sprintf("straight: grows %s from %s", u.text(g.Line.Slope), figures.Seconds(g.Line.Intercept))
	case summary.Bent:
		return fmt.Sprintf("bent: grows %s up to %s, %s beyond", u.text(g.Bend.Below.Slope), u.size(g.Bend.Pivot), u.text(g.Bend.Above.Slope))
	default:
		return fmt.Sprintf("grows %s; too few sizes or rounds to tell straight from bent", u.text(g.Line.Slope))
	}
}

// sizeUnit is what a size is counted in where it is shown.
type sizeUnit struct {
	name string
	per  float64 // of the unit's own
	size func(float64) string
}

func unitOf(g summary.Growth) sizeUnit {
	if g.Size == summary.OfAnswer && g.Rest.Mode == bench.SSE {
		return sizeUnit{"chunk", 1, func(n float64) string { return fmt.Sprintf("%.0f chunks", n) }}
	}
	return sizeUnit{"KB", 1024, func(n float64) string { return bench.Size(n).String() }}
}

func (u sizeUnit) text(e stats.Estimate) string {
	micros := u.per * 1e6
	text := fmt.Sprintf("%s µs per %s", figures.Digits(micros*e.Value), u.name)
	switch {
	case e.Confidence < 0.5:
		return text // so few points give no interval worth showing
	case e.Confidence < 0.95:
		return fmt.Sprintf("%s [%s, %s, at %.0f %%]", text, figures.Digits(micros*e.Low), figures.Digits(micros*e.High), 100*e.Confidence)
	default:
		return fmt.Sprintf("%s [%s, %s]", text, figures.Digits(micros*e.Low), figures.Digits(micros*e.High))
	}
}

// queueLines is one line for all body sizes of a mode that queue alike.
func queueLines(growth []summary.Queue, stalled func(summary.Queue) bool) []document.Item {
	type kind struct {
		mode    bench.Mode
		from    int
		limit   summary.Limit
		stalled bool
	}
	kinds, alike := Grouped(growth, func(q summary.Queue) kind { return kind{q.Mode, q.From, q.Limit, stalled(q)} })
	var lines []document.Item
	for _, k := range kinds {
		text := queueLine(alike[k], k.stalled)
		var falls []string
		for _, q := range alike[k] {
			if q.Fall != nil {
				falls = append(falls, fallText(q))
			}
		}
		if len(falls) > 0 {
			text += "; throughput falls " + strings.Join(falls, ", ")
		}
		lines = append(lines, document.Item{Name: string(k.mode), Text: text})
	}
	return lines
}

// fallText says where throughput falls, and what the direct path's does there.
func fallText(q summary.Queue) string {
	f := q.Fall
	text := fmt.Sprintf("beyond %d with %s (×%.2f at %d", f.From, q.Sizes, f.Times(f.Proxied), f.To)
	if !math.IsNaN(f.Direct) {
		text += fmt.Sprintf(", the direct path's ×%.2f", f.Times(f.Direct))
	}
	return text + ")"
}

// Shown is the most telling step: where queueing begins, else the last.
func Shown(q summary.Queue) summary.Step {
	for _, step := range q.Steps {
		if step.From == q.From {
			return step
		}
	}
	return q.Steps[len(q.Steps)-1]
}

// queueLine has throughput at the next concurrency over that where it queues.
func queueLine(alike []summary.Queue, stalled bool) string {
	step := Shown(alike[0])
	low, high := math.Inf(1), math.Inf(-1)
	var names []string
	for _, q := range alike {
		gain := Shown(q)
		low, high = min(low, gain.Times(gain.Proxied)), max(high, gain.Times(gain.Proxied))
		names = append(names, q.Sizes)
	}
	times, sizes := fmt.Sprintf("×%.2f", low), strings.Join(names, ", ")
	if most := fmt.Sprintf("×%.2f", high); most != times {
		times += " to " + most
	}
	times = fmt.Sprintf("%s from %d to %d", times, step.From, step.To)
	if stalled {
		return fmt.Sprintf("%s (%s), held up by rare stalls: these times do not show whether requests queue", times, sizes)
	}
	why := ""
	switch alike[0].Limit {
	case summary.GatewayLimit:
		why = "the direct path still scales: the gateway is the limit"
	case summary.OneCoreLimit:
		why = "it uses one core: that is its limit"
	case summary.MachineLimit:
		why = "the direct path does not scale either: the machine is the limit"
	case summary.LimitUndecided:
		why = "without the direct path it is not known what the limit is"
	default:
		return fmt.Sprintf("still grows at concurrency %d (%s; %s)", step.To, times, sizes)
	}
	return fmt.Sprintf("queues from concurrency %d on (%s; %s); %s", alike[0].From, times, sizes, why)
}
