package workflow

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/markdown"
)

// comment brings the comment of the pull request up to date and returns its URL,
// empty when there is none.
func (s *step) comment(ctx context.Context, t target, r report.Built) string {
	unchanged := r.Context.Failure == nil && r.Verdict.Outcome == bench.Pass
	if t.pull == 0 || s.client == nil || s.inputs.comment == "never" || s.inputs.comment == "changes" && unchanged {
		return ""
	}
	if cancelled(r.Report) {
		s.runner.Notice("The run was cancelled, so the comment of the last run stays.")
		return ""
	}
	posted, err := s.client.UpsertComment(ctx, github.Comment{Pull: t.pull, Mark: s.mark(t.sha), Text: markdown.Comment(r.Document())})
	switch {
	case errors.Is(err, github.ErrReadOnly):
		s.runner.Notice("The token of this run can only read, as it always is for pull requests from forks and of Dependabot: the result is in the job summary and in the artifact " +
			s.inputs.result + ", and a workflow on workflow_run with command: publish can post it. " + err.Error())
	case err != nil:
		s.warn("no comment: %v", err)
	case posted.Newer:
		s.runner.Notice("A newer run has commented already; its comment stays.")
	}
	return posted.URL
}

// mark identifies the comment and the run that it reports. That is the run that
// measured, not the one that publishes: an older commit may be published later.
func (s *step) mark(sha string) github.Mark {
	m := github.Mark{Key: s.inputs.key, SHA: sha}
	if run := s.event.Run; run != nil {
		m.RunID, m.Attempt = run.ID, run.Attempt
	} else {
		m.RunID, _ = strconv.ParseInt(s.world.Getenv("GITHUB_RUN_ID"), 10, 64) // 0 is refused where it is used
		m.Attempt, _ = strconv.ParseInt(s.world.Getenv("GITHUB_RUN_ATTEMPT"), 10, 64)
	}
	m.Attempt = max(1, m.Attempt)
	return m
}

// cancelled reports whether a run was stopped, as each new push stops the one before
// it: it has nothing to say.
func cancelled(r report.Report) bool { return r.Context.Failure != nil && r.Context.Failure.Cancelled }

// verdictCheck names the check and the status. It is no possible id of a job, which has
// no spaces: rules of a branch ask for checks by name, and a check that is named like a
// job would stand for it.
const verdictCheck = "proxy-bench verdict"

// checkName keeps apart what is said of one commit: by several gateways, and for pull
// requests of one head that go to different branches, which have different bases.
// The name for the default branch is the plain one.
func (s *step) checkName(t target) string {
	var apart []string
	if s.inputs.key != "" {
		apart = append(apart, s.inputs.key)
	}
	if t.into != "" && t.into != s.event.Repository.DefaultBranch {
		apart = append(apart, "into "+plain.To(t.into, 100))
	}
	if len(apart) == 0 {
		return verdictCheck
	}
	return verdictCheck + " (" + strings.Join(apart, ", ") + ")"
}

// status sets a check run or a commit status.
func (s *step) status(ctx context.Context, t target, r report.Built) {
	if s.client == nil || s.inputs.status == "none" || s.inputs.status == "commit" && cancelled(r.Report) {
		return
	}
	name := s.checkName(t)
	var err error
	if s.inputs.status == "commit" {
		err = s.client.CreateStatus(ctx, github.Status{
			SHA: t.sha, Context: name, Failed: conclusionOf(r.Report) == github.Failure, Description: report.Line(r.Report), URL: r.Context.RunURL,
		})
	} else {
		err = s.client.CreateCheck(ctx, checkOf(name, t.sha, r))
	}
	if errors.Is(err, github.ErrReadOnly) {
		s.runner.Notice("There is no check: " + err.Error())
	} else if err != nil {
		s.warn("no check: %v", err)
	}
}

// conclusionOf is the conclusion of a check: neutral for an outcome that neither
// passes nor fails. A commit status has none for a run that was cancelled.
func conclusionOf(r report.Report) github.Conclusion {
	switch {
	case cancelled(r):
		return github.Cancelled
	case r.Context.Failure != nil || host.Verdict(r.Verdict.Outcome, r.Context.FailOn, r.Context.Accepted != "") != host.ExitOK:
		return github.Failure
	case r.Verdict.Outcome == bench.Pass || r.Verdict.Outcome == bench.Improvement:
		return github.Success
	default:
		return github.Neutral
	}
}

func checkOf(name, sha string, r report.Built) github.Check {
	run := markdown.Check(r.Document())
	check := github.Check{
		Name: name, HeadSHA: sha, Conclusion: conclusionOf(r.Report),
		Title: run.Title, Summary: run.Summary, Text: run.Text,
	}
	for _, n := range run.Annotations {
		check.Annotations = append(check.Annotations, github.Annotation{
			Path: n.Path, Line: n.Line, Level: github.Level(n.Level), Title: n.Title, Message: n.Message,
		})
	}
	return check
}
