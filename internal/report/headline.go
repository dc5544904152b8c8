package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/machines"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// headline is the document without its sections.
func (b *builder) headline() document.Document {
	lead, others := b.lead()
	d := document.Document{
		Tool: strings.TrimSpace(cmp.Or(b.run.Tool.Name, "proxy-bench") + " " + b.run.Tool.Version), Key: b.context.Key,
		Outcome: b.Outcome, Failed: b.failed(), Accepted: b.accepted(),
		Word: b.word(), Lead: lead, Others: others, Look: b.look(), ToDo: b.toDo(), Counts: b.counts(),
		Facts: b.facts(), Alerts: b.alerts(), Remarks: b.remarks(lead), Config: b.context.Config,
	}
	for _, f := range b.findings(false) {
		d.Causes = append(d.Causes, f.Name)
	}
	if b.context.HTMLURL != "" {
		d.Links = append(d.Links, document.Link{Text: "HTML report", Address: b.context.HTMLURL})
	}
	if b.context.RunURL != "" {
		d.Links = append(d.Links, document.Link{Text: "workflow run", Address: b.context.RunURL})
	}
	return d
}

func (b *builder) word() string {
	switch {
	case b.failed():
		return "no verdict"
	case b.Outcome == "":
		return "measured"
	default:
		return strings.ReplaceAll(string(b.Outcome), "-", " ")
	}
}

// accepted is true when a person accepted a regression, which is then shown and
// does not fail.
func (b *builder) accepted() bool {
	return b.context.Accepted != "" && b.Outcome == bench.Regression
}

func (b *builder) failsJob() bool {
	return b.failed() || b.context.Accepted == "" && slices.Contains(b.context.FailOn, b.Outcome)
}

// lead is the verdict in pieces, and what else was found.
func (b *builder) lead() (pieces, others []string) {
	o := b.Outcome
	switch {
	case b.failed():
		f := b.context.Failure
		message, _, _ := strings.Cut(strings.TrimSpace(f.Message), "\n")
		pieces = []string{fmt.Sprintf("no verdict: %s failed", cmp.Or(f.Step, "a step")), message}
	case b.Verdict.SameProgram:
		pieces = []string{
			"base and head are the same program", "nothing was measured",
			"start line, environment, request settings and every file that is run or bundled are equal",
		}
	case o == bench.Regression || o == bench.Improvement:
		pieces, others = b.changeLead(o)
	case o == bench.Inconclusive:
		pieces = b.undecided()
	case o == bench.Pass:
		pieces = []string{"no regression in " + figures.Counted(len(b.Verdict.Scenarios), "scenario")}
	case o == bench.NoBaseline:
		pieces = []string{"no baseline to compare with", b.Reason}
	case o == "":
		pieces = []string{fmt.Sprintf("%s, %s", figures.Counted(len(b.Suite), "scenario"), b.ArmList())}
	}
	if after := append(b.behaviourLead(), machines.Lead(b.run)); o == bench.Regression || o == bench.Improvement { // what its first piece says has a context
		pieces = append(pieces, after...)
	} else {
		pieces = slices.Insert(pieces, min(1, len(pieces)), after...)
	}
	if b.Outcome != bench.Regression { // which often is what the note is about
		pieces = append(pieces, b.notedLead(), b.workNoted())
	}
	pieces = append(pieces, b.behind())
	if n := len(b.run.Plan.LeftOut); n > 0 && !b.failed() {
		pieces = append(pieces, fmt.Sprintf("%d of %s left out: no time for them", n, figures.Counted(n+len(b.measuredSuite()), "scenario")))
	}
	if missing := b.Missing(); len(missing) > 0 && !b.failed() {
		pieces = append(pieces, fmt.Sprintf("%d of %s not measurable", len(missing), figures.Counted(len(b.Suite), "scenario")))
	}
	switch o {
	case bench.Pass:
		pieces = append(pieces, b.typicalTimes(), b.resolved())
	case bench.NoBaseline:
		pieces = append(pieces, b.typicalTimes())
	}
	pieces = slices.DeleteFunc(pieces, func(s string) bool { return s == "" })
	if len(pieces) == 0 {
		pieces = []string{cmp.Or(b.Reason, "the verdict does not say why")}
	}
	return pieces, others
}

// measuredSuite is the suite without what was left out.
func (b *builder) measuredSuite() []bench.Scenario {
	return slices.DeleteFunc(slices.Clone(b.Suite), func(s bench.Scenario) bool { return slices.Contains(b.run.Plan.LeftOut, s.ID()) })
}

// changeLead is the first finding, its share of the suite and how sure it is;
// others are the further findings.
func (b *builder) changeLead(o bench.Outcome) (pieces, others []string) {
	found, fresh := b.changed(o)
	if len(found) == 0 {
		return nil, nil
	}
	pieces = found[:1:1]
	if b.accepted() {
		pieces = append(pieces, "accepted by label")
	}
	if o == bench.Regression && len(b.harmFound(true))+len(b.workFound()) > 0 {
		return pieces, found[1:] // share and rounds are of what was timed
	}
	if b.count(o) > 0 {
		pieces = append(pieces, "in "+b.share(o))
	}
	if fresh != "" {
		pieces = append(pieces, fresh)
	}
	if rows := b.withOutcome(o); o == bench.Regression && len(rows) > 0 {
		pieces = append(pieces, b.witness(rows[0].Scenario))
	}
	return pieces, found[1:]
}

// changed names what changed in one direction: harm, failed requests, then the metric
// that changed most, then the groups. Fresh says what confirmed it.
func (b *builder) changed(o bench.Outcome) (found []string, fresh string) {
	if o == bench.Regression {
		found = append(b.harmFound(true), b.workFound()...)
	}
	if i := slices.IndexFunc(b.Errors, func(e bench.ErrorRate) bool { return e.Outcome == o }); i >= 0 {
		found = append(found, b.errorFinding(b.Errors[i]))
	}
	if rows := b.withOutcome(o); len(rows) > 0 {
		worst := rows[0]
		fresh = b.confirmed(worst.Stage, worst.Rounds, worst.Pairs)
		found = append(found, fmt.Sprintf("%s: %s %s %s",
			b.subject(rows, worst, o), metricWord(worst.Metric), b.change(worst), b.where(worst.Scenario)))
	}
	for _, g := range b.Groups {
		if g.Outcome != o || g.Shift == nil {
			continue
		}
		fresh = cmp.Or(fresh, b.confirmed(g.Stage, g.Rounds, g.Pairs))
		found = append(found, fmt.Sprintf("%s on average: %s over %s", onAverage(g, o), figures.Added(*g.Shift), figures.Counted(len(g.Members), "scenario")))
	}
	return found, fresh
}

// confirmed says on which rounds a finding stands; empty for those of a screening,
// on which none does.
func (b *builder) confirmed(stage bench.Stage, rounds, pairs int) string {
	switch {
	case stage == bench.Confirm:
		return "confirmed on " + strings.Replace(measured.RoundsText(rounds, pairs), " ", " fresh ", 1)
	case b.run.Plan.OneStage:
		return fmt.Sprintf("decided on %s in one stage", measured.RoundsText(rounds, pairs))
	default:
		return ""
	}
}

func speed(o bench.Outcome) string {
	if o == bench.Improvement {
		return "faster"
	}
	return "slower"
}

func much(o bench.Outcome) string {
	if o == bench.Improvement {
		return "less"
	}
	return "more"
}

// errorFinding counts the failed requests and names the classes that decided.
func (b *builder) errorFinding(e bench.ErrorRate) string {
	text := fmt.Sprintf("requests fail: %d of %d", e.HeadErrors, e.HeadRequests)
	var classes []string
	for _, other := range b.Errors {
		if other.Class != "" && other.Scenario == e.Scenario && other.Outcome == e.Outcome {
			classes = append(classes, string(other.Class))
		}
	}
	if len(classes) > 0 {
		text += fmt.Sprintf(" (%s)", strings.Join(classes, ", "))
	}
	if e.Scenario != "" {
		text += " in " + e.Scenario
	}
	return text + fmt.Sprintf(", base %d of %d", e.BaseErrors, e.BaseRequests)
}

// subject says what is slower or faster, from all rows of the same kind as the
// worst: streams, JSON answers, or requests when it is both.
func (b *builder) subject(rows []bench.Comparison, worst bench.Comparison, o bench.Outcome) string {
	if d, _ := worst.Metric.Describe(); d.Unit == bench.Bytes {
		return fmt.Sprintf("the gateway takes %s memory", much(o))
	}
	if !worst.Metric.IsClock() {
		return fmt.Sprintf("requests cost %s CPU time", much(o))
	}
	modes := make(map[bench.Mode]bool)
	for _, c := range rows {
		if c.Metric.IsClock() {
			modes[b.cells[c.Scenario].Mode] = true
		}
	}
	who := "requests"
	switch {
	case len(modes) > 1:
	case modes[bench.SSE]:
		who = "streams"
	case modes[bench.JSON]:
		who = "JSON answers"
	}
	return fmt.Sprintf("%s are %s", who, speed(o))
}

func (b *builder) undecided() []string {
	if basis.Withheld(b.Verdict, b.run.Base) {
		return b.withheld()
	}
	if b.count(bench.Inconclusive) == 0 {
		return nil
	}
	if !b.run.Validity.Complete {
		return []string{fmt.Sprintf("the run ended early and leaves %s undecided", b.share(bench.Inconclusive))}
	}
	parts := []string{fmt.Sprintf("%s could be neither cleared nor called a regression", b.share(bench.Inconclusive))}
	if b.ofWhole() {
		parts = append(parts, b.Reason)
	}
	rows := b.withOutcome(bench.Inconclusive)
	if len(rows) == 0 || rows[0].Change == nil {
		return parts
	}
	parts = append(parts, fmt.Sprintf("the least clear: %s %s %s", metricWord(rows[0].Metric), changeWord(rows[0]), b.where(rows[0].Scenario)))
	if c := rows[0]; c.Resolution == nil && c.Pairs > 0 && !b.ofWhole() {
		parts = append(parts, fmt.Sprintf("no change of it could have been found with %s", figures.Counted(c.Pairs, "process pair")))
	}
	return parts
}

// ofWhole is true when the verdict's reason is not that of one of its parts: there
// were too few process pairs for any answer.
func (b *builder) ofWhole() bool {
	part := func(reason string) bool { return reason != "" && strings.Contains(b.Reason, reason) }
	return b.Reason != "" &&
		!slices.ContainsFunc(b.Verdict.Scenarios, func(s bench.ScenarioVerdict) bool { return part(s.Reason) }) &&
		!slices.ContainsFunc(b.Groups, func(g bench.Group) bool { return part(g.Reason) }) &&
		!slices.ContainsFunc(b.Errors, func(e bench.ErrorRate) bool { return part(e.Reason) })
}

// count is how many scenarios have an outcome.
func (b *builder) count(o bench.Outcome) int {
	n := 0
	for _, s := range b.Verdict.Scenarios {
		if s.Outcome == o {
			n++
		}
	}
	return n
}

// share is "3 of 24 scenarios".
func (b *builder) share(o bench.Outcome) string {
	return fmt.Sprintf("%d of %s", b.count(o), figures.Counted(len(b.Verdict.Scenarios), "scenario"))
}
