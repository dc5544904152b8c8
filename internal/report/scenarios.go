package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
	"github.com/org/proxy-bench-action/internal/summary"
)

// mostOpen is how many scenarios a page shows in full before anybody asks for them.
const mostOpen = 3

// scenarios has a section for each scenario with its charts and medians: those that
// changed, those that were not decided and the others, the worst first.
func (b *builder) scenarios() document.Section {
	s := document.Section{ID: "scenarios", Heading: "Scenarios", Rank: document.Page, Open: true}
	open := mostOpen
	for _, group := range []struct {
		id, title string
		outcomes  []bench.Outcome
	}{
		{"changed", "Changed", []bench.Outcome{bench.Regression, bench.Improvement}},
		{"undecided", "Undecided", []bench.Outcome{bench.Inconclusive}},
		{"unchanged", "Unchanged", []bench.Outcome{bench.Pass}},
		{"measured", "Measured", []bench.Outcome{"", bench.NoBaseline, bench.Shown}},
	} {
		g := document.Section{ID: "scenarios-" + group.id, Rank: document.Page, Fold: true, Open: open > 0 && group.id != "unchanged" || group.id == "measured"}
		for _, r := range b.worstFirst(group.outcomes) {
			panel := b.scenario(r)
			if panel.Open = g.Open && open > 0 && group.id != "measured"; panel.Open {
				open--
			}
			g.Sections = append(g.Sections, panel)
		}
		if len(g.Sections) == 0 {
			continue
		}
		if open < mostOpen { // the first group that is open is enough
			open = 0
		}
		g.Heading, g.Aside = group.title, fmt.Sprintf("%d of %s", len(g.Sections), figures.Counted(len(b.Suite), "scenario"))
		s.Sections = append(s.Sections, g)
	}
	s.Blocks = []document.Block{document.Paragraph{Small: true, Text: "sse/c10/1KB is a stream (json: one answer) with 10 requests in flight and a body of 1 KB. " +
		"A curve shows which share of the requests took at most how long, up to 99 %; nothing is decided by it. " +
		"A dot is a round: the mean of its fastest 80 %, which is what decides."}}
	return s
}

func (b *builder) scenario(r bench.Scenario) document.Section {
	v := b.decided[r.ID()]
	return document.Section{
		ID: measured.ScenarioSection(r.ID()), Heading: r.ID(), Rank: document.Page, Fold: true, Outcome: v.Outcome, Aside: b.worstChange(r.ID()),
		Blocks: []document.Block{document.Paragraph{Text: labelled(v.Reason), Small: true}, b.Charts(r), b.Medians(r)},
	}
}

// worstFirst are the scenarios with one of some outcomes; of those that changed, the
// first is the one that the title names.
func (b *builder) worstFirst(outcomes []bench.Outcome) []bench.Scenario {
	var all []bench.Scenario
	for _, s := range b.Suite {
		if slices.Contains(outcomes, b.decided[s.ID()].Outcome) {
			all = append(all, s)
		}
	}
	if !slices.Contains(outcomes, bench.Pass) {
		place := make(map[string]int)
		for _, o := range outcomes {
			for _, c := range b.withOutcome(o) {
				if place[c.Scenario] == 0 {
					place[c.Scenario] = len(place) + 1
				}
			}
		}
		last := len(place) + 1
		slices.SortStableFunc(all, func(a, b bench.Scenario) int {
			return cmp.Compare(cmp.Or(place[a.ID()], last), cmp.Or(place[b.ID()], last))
		})
	}
	return all
}

// labelled is a reason with the names of metrics as tables have them.
func labelled(reason string) string { return metricNames().Replace(reason) }

var metricNames = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	all := bench.Metrics(func(bench.Description) bool { return true })
	slices.SortFunc(all, func(a, b bench.Metric) int { return cmp.Compare(len(b), len(a)) }) // a name may begin another
	for _, m := range all {
		pairs = append(pairs, string(m), metricWord(m))
	}
	return strings.NewReplacer(pairs...)
})

// worstChange is the change of the typical value that weighs most.
func (b *builder) worstChange(id string) string {
	text, most := "", 0.0
	for _, c := range b.Comparisons {
		if c.Scenario != id || !c.Metric.IsJudged() || c.Change == nil {
			continue
		}
		if g := max(gravity(c), 0); text == "" || g > most {
			text, most = fmt.Sprintf("%s %s", metricWord(c.Metric), changeWord(c)), g
		}
	}
	return text
}

// reproduction is the one command that repeats the measurement.
func (b *builder) reproduction() document.Section {
	s := document.Section{ID: "reproduce", Heading: "How to reproduce it", Rank: document.Detail}
	if b.context.Reproduce == "" {
		return s
	}
	s.Blocks = []document.Block{document.Command{Text: b.context.Reproduce}}
	if b.Verdict.SameProgram {
		s.Heading, s.Rank = "How to measure it all the same", document.Folded
		return s
	}
	if b.run.Schema != "" {
		s.Blocks = append(s.Blocks, document.Paragraph{Small: true, Text: fmt.Sprintf("The order of the measurements comes from the seed %d. "+
			"Another machine has other times; what it says about the change should be the same.", b.run.Seed)})
	}
	return s
}

// history is the overhead of each scenario in the runs of the main branch, and
// where it stepped.
func (b *builder) history() document.Section {
	s := document.Section{ID: "history", Heading: "History of the main branch", Rank: document.Detail}
	if b.failed() {
		return s
	}
	steps := document.List{Most: enough}
	for _, p := range b.context.ChangePoints {
		text := fmt.Sprintf("%s: the ratio of proxied to direct has changed by %s against what it was ten and more runs ago", metricWord(p.Metric), figures.Added(p.Change))
		if p.SHA != "" {
			text += fmt.Sprintf(", by %s of it with %s", figures.Added(p.Step), shortSHA(p.SHA))
		}
		steps.Items = append(steps.Items, document.Item{Name: p.Scenario, Text: text})
	}
	past := document.Charts{Note: "Median overhead by commit; the last is this head. Runs may be from different machines."}
	named := false
	for _, r := range b.Suite {
		for _, m := range measured.Clocks(r.Mode) {
			c := b.past(r, m.Typical)
			c.Typical = !named && len(c.Series) > 0 && r == b.through()
			named = named || c.Typical
			past.Add(c)
		}
	}
	s.Blocks = []document.Block{steps, past}
	return s
}

// past is one metric of one scenario: a dot for each run, of another style
// where the CPU was another one. Fewer than two runs are no chart.
func (b *builder) past(r bench.Scenario, m bench.Metric) document.Chart {
	c := document.Chart{Kind: "history", Title: fmt.Sprintf("%s · %s: overhead by commit", plain.Brief(r.ID()), metricWord(m))}
	main, other := document.Series{Name: "main", Style: "head", Shape: document.Dots}, document.Series{Name: "on another CPU model", Style: "other", Shape: document.Dots}
	trail := document.Series{Style: "trail", Shape: document.Trail}
	c.X = document.Axis{Title: "runs of main", Scale: figures.One}
	for i, run := range b.context.History {
		v, ok := run.Overhead[r.ID()][m]
		if !ok {
			continue
		}
		name := []rune(plain.Token(run.SHA))
		p := document.Point{X: float64(i + 1), Y: v, Name: string(name[:min(7, len(name))])}
		trail.Points = append(trail.Points, p)
		if run.CPUModel == b.run.Environment.CPUModel {
			main.Points = append(main.Points, p)
		} else {
			other.Points = append(other.Points, p)
		}
		tick := document.Tick{At: p.X, Name: run.Started.UTC().Format("2006-01-02")}
		c.X.Ticks = append(c.X.Ticks[:min(1, len(c.X.Ticks))], tick) // the first and the last
	}
	if len(trail.Points) < 2 {
		return document.Chart{}
	}
	c.Add(trail, main, other)
	if s, ok := summary.SpreadOf(b.Rounds.Overheads(r.ID(), bench.Head, m)); ok {
		last := trail.Points[len(trail.Points)-1].X
		c.Add(document.Series{Name: "this head", Style: "base", Shape: document.Dots, Points: []document.Point{{X: last + 1, Y: s.Median, Name: "head"}}})
	}
	c.Y = document.Axis{Title: "overhead", Scale: figures.OfTimes(c.Ys()...), Zero: true}
	for _, p := range b.context.ChangePoints {
		if p.Scenario != r.ID() || p.Metric != m {
			continue
		}
		c.Note = fmt.Sprintf("%s since %s.", figures.Added(p.Change), shortSHA(p.SHA))
		for i, run := range b.context.History {
			if run.SHA == p.SHA && p.SHA != "" {
				c.Rules = append(c.Rules, document.Rule{At: float64(i) + 0.5, Label: figures.Added(p.Step)})
				break
			}
		}
	}
	return c
}
