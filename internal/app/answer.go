package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// answer says what a gate has come to, in every place that was asked for and
// that the token can reach, and returns what the process ends with. A place
// that cannot be reached is a warning: the verdict stands without it.
func (a *action) answer(ctx context.Context, t target, g measured, failed error) error {
	r := report.Report{Run: g.Run}
	if failed == nil {
		r = g.Report(g.config.Gate.FailOn, nil)
	}
	a.complete(ctx, &r, t, g)
	if failed != nil {
		r.Context.Failure = failure(failed)
	}
	a.print(r)
	directory := ""
	if files, err := session.Saved(r).Files(); err != nil {
		a.warn("the result is not kept: %v", err)
	} else {
		directory = a.keep(files)
		r.Context.HTMLURL = a.upload(ctx, files)
	}
	if t.keeps && failed == nil {
		a.keepBaseline(ctx, g)
	}
	url := a.comment(ctx, t, r)
	a.status(ctx, t, r)
	a.summarise(r)
	a.outputs(r, directory, url)
	return a.end(r, failed)
}

// complete adds what only the workflow run knows.
func (a *action) complete(ctx context.Context, r *report.Report, t target, g measured) {
	env, c := a.world.Getenv, &r.Context
	if t.pull != 0 {
		// What is checked out is a merge that nobody has seen.
		r.Run.Commit.SHA, r.Run.Commit.Ref = t.sha, env("GITHUB_HEAD_REF")
	}
	c.Server, c.Repository = env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY")
	c.PullRequest, c.Key = t.pull, a.inputs.key
	c.RunURL = a.runURL()
	c.Behind = t.behind
	if file := orDefault(a.inputs.config, session.DefaultConfig); exists(file) {
		c.Config = filepath.ToSlash(filepath.Join(a.inputs.directory, file))
	}
	if t.keeps {
		c.Notes = append(c.Notes, fmt.Sprintf("This run is on %s and stops nothing: it leaves the baseline for what comes after.", t.branch))
	}
	if g.Verdict.Outcome == bench.Regression {
		c.Accepted = a.accepted(ctx, t.pull)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// accepted is the label by which a regression was accepted, as the pull request
// has it now: it may have been set while we measured.
func (a *action) accepted(ctx context.Context, pull int) string {
	if pull == 0 || a.inputs.acceptLabel == "" {
		return ""
	}
	var labels []string
	if a.event.PullRequest != nil {
		labels = a.event.PullRequest.Labels
	}
	if a.client != nil {
		now, err := a.client.Labels(ctx, pull)
		if err != nil {
			a.warn("the labels are those of the start of this run: %v", err)
		} else {
			labels = now
		}
	}
	for _, l := range labels {
		if strings.EqualFold(l, a.inputs.acceptLabel) {
			return l
		}
	}
	return ""
}

// print writes the verdict into the log.
func (a *action) print(r report.Report) {
	if err := report.Terminal(a.world.Stdout, r, report.Style{}); err != nil {
		a.warn("%v", err)
	}
}

// summarise writes the page of the job.
func (a *action) summarise(r report.Report) {
	var text bytes.Buffer
	err := report.Summary(&text, r)
	if err == nil {
		err = a.runner.Summary(text.String())
	}
	if err != nil {
		a.warn("no job summary: %v", err)
	}
}

// outputs sets what later steps can use.
func (a *action) outputs(r report.Report, directory, commentURL string) {
	outcome := string(r.Verdict.Outcome)
	if r.Context.Failure != nil {
		outcome = "failed"
	}
	base := ""
	if r.Run.Base != nil {
		base = r.Run.Base.SHA
	}
	path := ""
	if directory != "" {
		path = filepath.ToSlash(filepath.Join(a.inputs.directory, directory, record.HTMLFile))
	}
	for _, o := range [][2]string{
		{"verdict", outcome},
		{"regressions", countOf(r.Verdict, bench.Regression)},
		{"improvements", countOf(r.Verdict, bench.Improvement)},
		{"summary", report.Line(r)},
		{"report-path", path},
		{"comment-url", commentURL},
		{"baseline-sha", base},
	} {
		if err := a.runner.Output(o[0], o[1]); err != nil {
			a.warn("%v", err)
		}
	}
}

// countOf is the number of scenarios with an outcome.
func countOf(v bench.Verdict, o bench.Outcome) string {
	n := 0
	for _, s := range v.Scenarios {
		if s.Outcome == o {
			n++
		}
	}
	return strconv.Itoa(n)
}

// end annotates the run with what it failed for, and returns that.
func (a *action) end(r report.Report, failed error) error {
	code := verdict.Conclusion(r.Verdict, r.Context.FailOn, r.Context.Accepted != "")
	if failed != nil {
		code = host.Status(failed)
	}
	line := report.Line(r)
	switch {
	case code != host.ExitOK:
		a.runner.Error(line, configPlace(r.Context))
	case conclusionOf(r) == github.Neutral:
		a.runner.Warning(line, configPlace(r.Context))
	default:
		a.runner.Notice(line, actions.Place{})
	}
	return host.Exit(code)
}
