package measured

import (
	"fmt"
	"math"
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
	if len(run.rows) == 0 {
		return s
	}
	body := document.List{Title: "Overhead against body size (95 % interval)"}
	answer := document.List{Title: "Overhead against the size of the answer (95 % interval)"}
	queue := document.List{Title: "Throughput against concurrency"}
	for _, arm := range run.Gateways() {
		body.Items = append(body.Items, run.aboutEach(arm, sizeLines(summary.SizeGrowth(run.Rounds, run.Suite, arm, summary.OfBody)))...)
		answer.Items = append(answer.Items, run.aboutEach(arm, sizeLines(summary.SizeGrowth(run.Rounds, run.Suite, arm, summary.OfAnswer)))...)
		queue.Items = append(queue.Items, run.aboutEach(arm, queueLines(summary.QueueGrowth(run.Rounds, run.Suite, arm), func(q summary.Queue) bool { return stalled(arm, q) }))...)
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
	lowest := make(map[bench.Scenario]summary.Growth)
	of := func(g summary.Growth) bench.Scenario {
		g.Rest.Concurrency = 0
		return g.Rest
	}
	for _, g := range growth {
		if l, ok := lowest[of(g)]; !ok || g.Rest.Concurrency < l.Rest.Concurrency {
			lowest[of(g)] = g
		}
	}
	var lines []document.Item
	for _, g := range growth {
		if l := lowest[of(g)]; g.Rest.Concurrency == l.Rest.Concurrency || differ(g, l) {
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
	text := fmt.Sprintf("%.3f µs per %s", micros*e.Value, u.name)
	switch {
	case e.Confidence < 0.5:
		return text // so few points give no interval worth showing
	case e.Confidence < 0.95:
		return fmt.Sprintf("%s [%.3f, %.3f, at %.0f %%]", text, micros*e.Low, micros*e.High, 100*e.Confidence)
	default:
		return fmt.Sprintf("%s [%.3f, %.3f]", text, micros*e.Low, micros*e.High)
	}
}

// queued is a group of body sizes that queue alike.
type queued struct {
	summary.Queue
	stalled   bool
	sizes     []string
	low, high float64 // throughput at the next concurrency over that at From
	falls     []string
}

// queueLines is one line for all body sizes of a mode that queue alike.
func queueLines(growth []summary.Queue, stalled func(summary.Queue) bool) []document.Item {
	var groups []*queued
	find := func(q summary.Queue) *queued {
		held := stalled(q)
		for _, g := range groups {
			if g.Mode == q.Mode && g.From == q.From && g.Limit == q.Limit && g.stalled == held {
				return g
			}
		}
		groups = append(groups, &queued{Queue: q, stalled: held, low: math.Inf(1), high: math.Inf(-1)})
		return groups[len(groups)-1]
	}
	for _, q := range growth {
		g := find(q)
		g.sizes = append(g.sizes, q.Sizes)
		step := Shown(q)
		times := step.Times(step.Proxied)
		g.low, g.high = min(g.low, times), max(g.high, times)
		if q.Fall != nil {
			g.falls = append(g.falls, fallText(q))
		}
	}
	var lines []document.Item
	for _, g := range groups {
		text := g.line()
		if len(g.falls) > 0 {
			text += "; throughput falls " + strings.Join(g.falls, ", ")
		}
		lines = append(lines, document.Item{Name: string(g.Mode), Text: text})
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

func (g *queued) line() string {
	step := Shown(g.Queue)
	times := fmt.Sprintf("×%.2f", g.low)
	if high := fmt.Sprintf("×%.2f", g.high); high != times {
		times += " to " + high
	}
	times = fmt.Sprintf("%s from %d to %d", times, step.From, step.To)
	sizes := strings.Join(g.sizes, ", ")
	if g.stalled {
		return fmt.Sprintf("%s (%s), held up by rare stalls: these times do not show whether requests queue", times, sizes)
	}
	why := ""
	switch g.Limit {
	case summary.GatewayLimit:
		why = "the direct path still scales: the gateway is the limit"
	case summary.MachineLimit:
		why = "the direct path does not scale either: the machine is the limit"
	case summary.LimitUndecided:
		why = "without the direct path it is not known what the limit is"
	default:
		return fmt.Sprintf("still grows at concurrency %d (%s; %s)", step.To, times, sizes)
	}
	return fmt.Sprintf("queues from concurrency %d on (%s; %s); %s", g.From, times, sizes, why)
}
