package report

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
)

// Report is what a [Document] is built from: what was measured, what was
// decided, and what only the place where it happened knows.
type Report struct {
	Run     bench.Run
	Verdict bench.Verdict // empty when Context.Failure kept it from being made
	Context Context
}

// Context is what neither rounds nor rules tell. The zero value is a laptop.
type Context struct {
	Server     string // "https://github.com", without a slash at the end; empty: no links to commits
	Repository string // "owner/name"
	// PullRequest is the number of the pull request that is judged, 0 for none.
	PullRequest int
	Key         string // tells gateways of one repository apart; empty for a single one

	// FailOn are the outcomes that fail the job; none: it only reports.
	FailOn []bench.Outcome
	// AcceptLabel is the label that accepts a regression, empty where none does.
	AcceptLabel string
	// Accepted is the label by which a person accepted the regression, empty
	// when nobody did.
	Accepted string

	RunURL  string // page of the workflow run
	HTMLURL string // where the HTML report is to be had

	// Behind is how many commits the baseline is behind the commit that the
	// change starts from.
	Behind int
	// Notes are remarks on the comparison, such as a baseline from another CPU
	// model, in whole sentences.
	Notes []string
	// Config is the path of the configuration in the repository, where a check
	// run's annotations stand; empty without one.
	Config string
	// Reproduce is the one command that repeats the measurement elsewhere.
	Reproduce string

	History      []HistoryPoint        // of the main branch, oldest first
	ChangePoints []history.ChangePoint // where the history stepped

	// Failure is what kept the tool from an answer; nil when it has one.
	Failure *Failure
}

// HistoryPoint is one run of the main branch.
type HistoryPoint struct {
	SHA      string    `json:"sha,omitempty"`
	Started  time.Time `json:"started"`
	CPUModel string    `json:"cpu_model"`
	// Overhead is the median over the rounds of proxied minus direct, by
	// Scenario.ID and metric, in the metric's unit. It can be negative.
	Overhead map[string]map[bench.Metric]float64 `json:"overhead"`
}

// Failure is a step of the tool that did not succeed. It says nothing of the
// change under test.
type Failure struct {
	Step    string // in words: "building the head"
	Message string // what, where, and what to do
	Output  string // the last lines that the step printed; only the end of it is shown
	// Cancelled is true where somebody stopped the run, which says nothing of the gateway.
	Cancelled bool `json:",omitempty"`
}
