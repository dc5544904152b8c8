package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// facts say what was compared, with what.
func (b *builder) facts() []document.Item {
	var facts []document.Item
	add := func(name, text string, links ...document.Link) {
		if text != "" {
			facts = append(facts, document.Item{Name: name, Text: text, Links: links})
		}
	}
	if b.measuredOnly() { // whose figures come first
		return nil
	}
	if how := b.how(); how != "" {
		var links []document.Link
		if b.run.Base != nil {
			links = b.commitLink(b.run.Base.SHA)
		}
		add("Compared", how, links...)
	}
	add("Head", b.run.Commit.String(), b.commitLink(b.run.Commit.SHA)...)
	return facts
}

// measuredFacts say what was measured, where and when.
func (b *builder) measuredFacts() []document.Item {
	var facts []document.Item
	for _, f := range [][2]string{
		{"Compared", b.how()},
		{"Head", b.run.Commit.String()},
		{"API", b.run.Plan.API},
		{"Machine", b.Machine()},
		{"Plan", b.Plan()},
		{"Started", b.Started()},
	} {
		if f[1] != "" {
			facts = append(facts, document.Item{Name: f[0], Text: f[1]})
		}
	}
	return facts
}

var (
	sha        = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	repository = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)
)

// commitLink leads to a commit where it is known what that is.
func (b *builder) commitLink(id string) []document.Link {
	if !sha.MatchString(id) || !repository.MatchString(b.context.Repository) || b.context.Server == "" {
		return nil
	}
	return []document.Link{{Text: shortSHA(id), Address: b.context.Server + "/" + b.context.Repository + "/commit/" + id}}
}

// how says how head was compared, and with what.
func (b *builder) how() string {
	base := b.run.Base
	if base == nil {
		if !b.Has(bench.Base) {
			return ""
		}
		return "side by side, base and head in the same rounds" + b.rounds() + b.pooled()
	}
	text := "with " + basis.Line(*base)
	if base.Source == bench.SourceBundle || base.Source == bench.SourceRebuild {
		text = "side by side " + text
	}
	switch {
	case b.Verdict.SameProgram:
		text = strings.Replace(text, "side by side", "file by file", 1)
	case b.run.SameProgram:
		text += "; both are the same program"
	}
	text += b.rounds() + b.pooled()
	if n := b.context.Behind; n > 0 && base.Behind == 0 {
		text += fmt.Sprintf("; the baseline is %s behind", figures.Counted(n, "commit"))
	}
	if base.Note != "" {
		text += "; " + base.Note
	}
	return text
}

// rounds says how many process pairs looked and how many decided.
func (b *builder) rounds() string {
	if b.Rule.ScreenRounds == 0 {
		return ""
	}
	screened := measured.RoundsText(b.Rule.ScreenRounds, b.Pairs(bench.Screen))
	if b.run.Plan.OneStage {
		return fmt.Sprintf("; one stage: all %s decide", screened)
	}
	text := fmt.Sprintf("; %s to screen", screened)
	if b.Rule.FreshRounds > 0 {
		fresh := strings.Replace(measured.RoundsText(b.Rule.FreshRounds, b.Pairs(bench.Confirm)), " ", " fresh ", 1)
		text += fmt.Sprintf(", %s to confirm", strings.Replace(fresh, "fresh process pairs", "fresh", 1))
	}
	return text
}

// pooled names the earlier attempts whose rounds count, too.
func (b *builder) pooled() string {
	var parts []string
	for _, a := range b.run.Earlier {
		parts = append(parts, fmt.Sprintf("%s of attempt %d", figures.Counted(a.Pairs, "process pair"), a.Attempt))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; pooled with " + strings.Join(parts, " and ")
}

// alerts keep a verdict from being taken at its face value.
func (b *builder) alerts() []document.Alert {
	var all []document.Alert
	add := func(level document.Level, text string) { all = append(all, document.Alert{Level: level, Text: text}) }
	switch {
	case b.failed():
		add(document.Notice, "This says nothing about the speed of the change: it was not judged.")
		if b.partial() {
			add(document.Notice, "Measured until then: "+b.Plan()+".")
		}
		return append(b.unserved(), all...)
	case b.accepted():
		add(document.Warning, fmt.Sprintf("Accepted by the label %s: the regression stays, and does not fail the job.", b.context.Accepted))
	case b.Outcome == bench.Regression && !b.failsJob() && b.context.Repository != "":
		add(document.Notice, "Reported only: this job is not set to fail on a regression.")
	}
	if b.partial() {
		add(document.Fault, "The run is not complete: "+cmp.Or(b.run.Validity.Incomplete, "the run does not say why"))
	}
	if left := b.run.Plan.LeftOut; len(left) > 0 {
		const named = 6 // all of them are in the conditions
		names := strings.Join(left[:min(named, len(left))], ", ")
		if more := len(left) - named; more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		add(document.Notice, fmt.Sprintf("Left out, since the time budget has no room for them: %s. Nothing is known of these scenarios.", names))
	}
	all = append(all, b.unserved()...)
	all = append(all, b.upstream()...)
	if base := b.run.Base; base != nil && base.Source == bench.SourceStored {
		add(document.Warning, "Compared with numbers that were stored by another job, so only large changes are seen.")
	}
	for _, note := range b.context.Notes {
		add(document.Notice, note)
	}
	return all
}

// toDo says what to do about an outcome, beside what there is to look at.
func (b *builder) toDo() string {
	atGitHub := b.context.Repository != ""
	stored := b.run.Base != nil && b.run.Base.Source == bench.SourceStored
	switch {
	case b.failed():
		return ""
	case b.Outcome == bench.NoBaseline && b.failsJob() && atGitHub:
		return "run this workflow on the main branch, where it leaves a baseline: this job is set to fail without one (fail-on: no-baseline)"
	case b.Outcome == bench.NoBaseline && atGitHub:
		return "nothing here: the next push to the main branch that runs this workflow saves a baseline"
	case b.Outcome == bench.NoBaseline:
		return "save a baseline from the main branch with --save-baseline FILE, or compare with a commit that builds and runs here: --base REF"
	case b.Outcome == bench.Regression:
		return b.afterRegression()
	case b.Outcome != bench.Inconclusive:
		return ""
	case basis.Withheld(b.Verdict, b.run.Base) && atGitHub:
		return "have the base itself built here (baseline: auto or rebuild), or run it again when its own run on the base branch has left a baseline"
	case basis.Withheld(b.Verdict, b.run.Base):
		return "name the commit to build: --base REF"
	case !b.run.Validity.Complete:
		return "run it again and let it finish: what was measured decides nothing yet"
	case slices.ContainsFunc(b.Errors, func(e bench.ErrorRate) bool { return e.Outcome == bench.Inconclusive }):
		return "look at the failed requests below first; run it again to see whether they stay"
	case stored && atGitHub:
		return "compare side by side: let the baseline carry the gateway (gateway: bundle), or have the base built here (baseline: rebuild)"
	case stored:
		return "compare side by side: let the baseline carry the gateway (gateway: bundle), or name a commit to build: --base REF"
	default:
		return "run it again on a quieter machine or with more time (measure: time_budget), or allow these scenarios more (gate: thresholds)"
	}
}

// afterRegression are the ways out for a pull request that a regression stops.
func (b *builder) afterRegression() string {
	if b.context.PullRequest == 0 || !b.failsJob() {
		return ""
	}
	again := "in doubt, run the job again"
	if b.context.AcceptLabel == "" {
		return again
	}
	return fmt.Sprintf("to accept it, set the label %s and run the job again; %s without the label", plain.To(b.context.AcceptLabel, 60), again)
}

// remarks name what failed or was not decided, the worst first.
func (b *builder) remarks(lead []string) []document.Remark {
	level := document.Warning
	if b.failsJob() {
		level = document.Fault
	}
	var all []document.Remark
	add := func(title, text string) {
		all = append(all, document.Remark{Level: level, Title: title, Text: cmp.Or(text, "no reason given")})
	}
	title := strings.Join(lead, "; ")
	switch {
	case b.failed():
		add(title, failureLine(*b.context.Failure))
	case b.Outcome == bench.NoBaseline:
		if !b.failsJob() {
			level = document.Notice
		}
		add(title, b.toDo())
	case b.Outcome == bench.Inconclusive:
		add(title, cmp.Or(b.toDo(), b.Reason))
	}
	all = append(all, b.behaviourRemarks(level)...)
	if b.Outcome != bench.Regression {
		return append(all, b.noteRemarks()...)
	}
	named := make(map[string]bool)
	for _, c := range b.withOutcome(bench.Regression) {
		if !named[c.Scenario] {
			add(fmt.Sprintf("%s: %s %s", c.Scenario, metricWord(c.Metric), changeWord(c)), b.why(c.Scenario, c.Reason))
		}
		named[c.Scenario] = true
	}
	for _, s := range b.Verdict.Scenarios {
		if s.Outcome == bench.Regression && !named[s.Scenario] {
			add(s.Scenario+": regression", b.why(s.Scenario, s.Reason))
		}
	}
	for _, g := range b.Groups {
		if g.Outcome == bench.Regression {
			add(plain.Capital(aboutGroup(g))+": regression", g.Reason)
		}
	}
	if len(all) == 0 {
		add(title, cmp.Or(b.Reason, title))
	}
	return append(all, b.noteRemarks()...)
}

// failureLine says in one line what kept the tool from an answer.
func failureLine(f Failure) string {
	return strings.TrimSuffix(fmt.Sprintf("%s failed: %s", cmp.Or(f.Step, "a step"), f.Message), ": ")
}

// failure is what a step printed that failed, and its message where that has more
// lines than the headline.
func (b *builder) failure() document.Section {
	s := document.Section{ID: "failure", Heading: "Last output", Brief: true}
	if !b.failed() {
		return s
	}
	if lines := strings.Split(strings.TrimSpace(b.context.Failure.Message), "\n"); len(lines) > 1 {
		s.Heading = "What is wrong"
		var all document.List
		for _, line := range lines {
			all.Items = append(all.Items, document.Item{Text: line})
		}
		s.Blocks = append(s.Blocks, all)
	}
	s.Blocks = append(s.Blocks, document.Output{Lines: plain.LastLines(b.context.Failure.Output)})
	return s
}
