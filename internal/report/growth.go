package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// growth says how overhead grows with the body and where requests begin to
// queue.
func (s *sheet) growth() (body, queue []grown) {
	scenarios := make([]bench.Scenario, len(s.rows))
	for i, r := range s.rows {
		scenarios[i] = r.Scenario
	}
	for _, arm := range s.gateways {
		body = append(body, bodyLines(arm, summary.BodyGrowth(s.run.Rounds, scenarios, arm))...)
		queue = append(queue, queueLines(arm, summary.QueueGrowth(s.run.Rounds, scenarios, arm))...)
	}
	return body, queue
}

// grown is one line on growth: of which gateway, of what, and how.
type grown struct {
	arm        bench.Arm
	what, text string
}

func (s *sheet) growthSections() string {
	var b strings.Builder
	section := func(title string, lines []grown) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s\n", s.style.bold(title))
		for _, g := range lines {
			b.WriteString(hanging(s.label(g.arm, g.what), g.text))
		}
	}
	body, queue := s.growth()
	section(bodyTitle, body)
	section(queueTitle, queue)
	return b.String()
}

const (
	bodyTitle  = "overhead against body size (95 % interval)"
	queueTitle = "throughput against concurrency"
)

// label names what a line is about; the arm only where there are two.
func (s *sheet) label(arm bench.Arm, what string) string {
	if len(s.gateways) > 1 {
		return fmt.Sprintf("  %-4s %-9s ", arm, clean(what))
	}
	return fmt.Sprintf("  %-9s ", clean(what))
}

// bodyLines is one line for each mode, at its lowest concurrency, and one for
// every other concurrency that tells another story.
func bodyLines(arm bench.Arm, growth []summary.Body) []grown {
	lowest := make(map[bench.Mode]summary.Body)
	for _, g := range growth {
		if l, ok := lowest[g.Mode]; !ok || g.Concurrency < l.Concurrency {
			lowest[g.Mode] = g
		}
	}
	var lines []grown
	for _, g := range growth {
		if l := lowest[g.Mode]; g.Concurrency == l.Concurrency || differ(g, l) {
			lines = append(lines, grown{arm, fmt.Sprintf("%s/c%d", g.Mode, g.Concurrency), bodyLine(g)})
		}
	}
	return lines
}

// differ is true for another shape and for slopes whose intervals do not meet.
func differ(a, b summary.Body) bool {
	return a.Shape != b.Shape || a.Line.Slope.High < b.Line.Slope.Low || b.Line.Slope.High < a.Line.Slope.Low
}

func bodyLine(g summary.Body) string {
	switch g.Shape {
	case summary.Flat:
		return fmt.Sprintf("flat: %s, no growth is shown (%s)", seconds(g.Line.Intercept), slope(g.Line.Slope).perKB())
	case summary.Straight:
		return fmt.Sprintf("straight: grows %s from %s", slope(g.Line.Slope).perKB(), seconds(g.Line.Intercept))
	case summary.Bent:
		return fmt.Sprintf("bent: grows %s up to %s, %s beyond", slope(g.Bend.Below.Slope).perKB(), bench.Size(g.Bend.Pivot), slope(g.Bend.Above.Slope).perKB())
	default:
		return fmt.Sprintf("grows %s; too few sizes or rounds to tell straight from bent", slope(g.Line.Slope).perKB())
	}
}

// slope is seconds per byte with its interval, as summary has it.
type slope struct {
	Value, Low, High, Confidence float64
	Exact                        bool
}

func (e slope) perKB() string {
	const micros = 1024 * 1e6
	text := fmt.Sprintf("%.3f µs per KB", micros*e.Value)
	switch {
	case e.Confidence < 0.5:
		return text // the interval of so few points says nothing
	case e.Confidence < 0.95:
		return fmt.Sprintf("%s [%.3f, %.3f, at %.0f %%]", text, micros*e.Low, micros*e.High, 100*e.Confidence)
	default:
		return fmt.Sprintf("%s [%.3f, %.3f]", text, micros*e.Low, micros*e.High)
	}
}

// queued is a group of body sizes that queue alike.
type queued struct {
	summary.Queue
	sizes     []string
	low, high float64 // throughput at the next concurrency over that at From
}

// queueLines is one line for all body sizes of a mode that queue alike.
func queueLines(arm bench.Arm, growth []summary.Queue) []grown {
	var groups []*queued
	find := func(q summary.Queue) *queued {
		for _, g := range groups {
			if g.Mode == q.Mode && g.From == q.From && g.Limit == q.Limit {
				return g
			}
		}
		groups = append(groups, &queued{Queue: q, low: math.Inf(1), high: math.Inf(-1)})
		return groups[len(groups)-1]
	}
	for _, q := range growth {
		g := find(q)
		g.sizes = append(g.sizes, bench.Size(q.BodyBytes).String())
		step := g.shown(q)
		times := math.Pow(float64(step.To)/float64(step.From), step.Proxied)
		g.low, g.high = min(g.low, times), max(g.high, times)
	}
	var lines []grown
	for _, g := range groups {
		lines = append(lines, grown{arm, string(g.Mode), g.line()})
	}
	return lines
}

// shown is the step that tells most: where queueing begins, else the last.
func (g *queued) shown(q summary.Queue) summary.Step {
	for _, step := range q.Steps {
		if step.From == q.From {
			return step
		}
	}
	return q.Steps[len(q.Steps)-1]
}

func (g *queued) line() string {
	step := g.shown(g.Queue)
	times := fmt.Sprintf("×%.2f", g.low)
	if high := fmt.Sprintf("×%.2f", g.high); high != times {
		times += " to " + high
	}
	times = fmt.Sprintf("%s from %d to %d", times, step.From, step.To)
	sizes := strings.Join(g.sizes, ", ")
	why := ""
	switch g.Limit {
	case summary.GatewayLimit:
		why = "the direct path still grows: the gateway is the limit"
	case summary.MachineLimit:
		why = "nor does the direct path grow: the machine itself is saturated there"
	case summary.LimitUndecided:
		why = "without the direct path nothing tells whose limit it is"
	default:
		return fmt.Sprintf("still grows at concurrency %d (%s; %s)", step.To, times, sizes)
	}
	return fmt.Sprintf("queues from concurrency %d on (%s; %s); %s", g.From, times, sizes, why)
}
