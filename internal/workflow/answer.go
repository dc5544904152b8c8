package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

// answer reports a gate in every place that the inputs ask for and the token can
// reach, and returns the error that the process ends with. A place that cannot be
// reached is a warning: the verdict stands without it.
func (s *step) answer(ctx context.Context, t target, g gated, failed error) error {
	r := report.Report{Run: g.Run}
	if failed == nil {
		r = g.Report(g.config.Gate.FailOn, nil)
	}
	s.complete(ctx, &r, t)
	r.Context.Notes = append(r.Context.Notes, g.said...)
	if failed != nil {
		r.Context.Failure = failure(failed)
	}
	built := report.Once(r)
	s.print(built)
	directory := ""
	if files, err := saved.Files(built).Files(); err != nil {
		s.warn("the result is not kept: %v", err)
	} else {
		directory = s.leaveResult(files)
		r.Context.HTMLURL = s.upload(ctx, files)
	}
	if t.leavesBaseline && failed == nil {
		s.leaveBaseline(ctx, t, g)
	}
	s.tell(ctx, t, report.Once(r), directory)
	return s.end(r, failed)
}

// tell shows a report on GitHub and to later steps, for which its files lie in the
// directory.
func (s *step) tell(ctx context.Context, t target, r report.Built, directory string) {
	url := s.comment(ctx, t, r)
	s.status(ctx, t, r)
	if err := s.runner.Summary(markdown.Summary(r.Document())); err != nil {
		s.warn("no job summary: %v", err)
	}
	s.outputs(r.Report, directory, url)
}

// complete adds what only the workflow run knows of its own measurement.
func (s *step) complete(ctx context.Context, r *report.Report, t target) {
	c := &r.Context
	if t.pull != 0 {
		// The commit that is checked out is a merge that only this run knows.
		r.Run.Commit.SHA, r.Run.Commit.Ref = t.sha, s.world.Getenv("GITHUB_HEAD_REF")
	}
	c.Behind = t.behind
	file := cmp.Or(s.inputs.config, session.DefaultConfig)
	if _, err := os.Stat(file); err == nil {
		c.Config = filepath.ToSlash(filepath.Join(s.inputs.directory, file))
	}
	if t.leavesBaseline {
		c.Notes = append(c.Notes, fmt.Sprintf("This run is on %s and fails nothing: it leaves the baseline for later runs.", t.branch))
		if r.Run.SameProgram {
			c.Notes = append(c.Notes, "Base and head are the same program. They were measured because a baseline holds figures.")
		}
	}
	s.locate(ctx, r, t)
}

// locate adds where the measurement belongs, and whether its regression is accepted.
func (s *step) locate(ctx context.Context, r *report.Report, t target) {
	c := &r.Context
	c.Server, c.Repository = s.world.Getenv("GITHUB_SERVER_URL"), s.world.Getenv("GITHUB_REPOSITORY")
	c.PullRequest, c.Key, c.RunURL, c.AcceptLabel = t.pull, s.inputs.key, s.runURL(), s.inputs.acceptLabel
	if r.Verdict.Outcome == bench.Regression {
		c.Accepted = s.accepted(ctx, t.pull)
	}
}

// print writes the verdict into the log.
func (s *step) print(r report.Built) {
	if err := terminal.Write(s.world.Stdout, r.Document(), terminal.Style{}); err != nil {
		s.warn("%v", err)
	}
}

// outputs sets what later steps can use.
func (s *step) outputs(r report.Report, directory, commentURL string) {
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
		path = filepath.ToSlash(filepath.Join(s.inputs.directory, directory, record.HTMLFile))
	}
	for _, o := range [][2]string{
		{"verdict", outcome},
		{"regressions", countOf(r.Verdict, bench.Regression)},
		{"improvements", countOf(r.Verdict, bench.Improvement)},
		{"harms", harmsOf(r.Verdict)},
		{"summary", report.Line(r)},
		{"report-path", path},
		{"comment-url", commentURL},
		{"baseline-sha", base},
	} {
		if err := s.runner.Output(o[0], o[1]); err != nil {
			s.warn("%v", err)
		}
	}
}

// countOf is the number of scenarios with an outcome.
func countOf(v bench.Verdict, o bench.Outcome) string {
	n := 0
	for _, scenario := range v.Scenarios {
		if scenario.Outcome == o {
			n++
		}
	}
	return strconv.Itoa(n)
}

// harmsOf is the number of behaviours that are a regression, whatever their cases.
func harmsOf(v bench.Verdict) string {
	names := map[bench.BehaviourName]bool{}
	for _, c := range v.Behaviours {
		if c.Outcome == bench.Regression {
			names[c.Behaviour] = true
		}
	}
	return strconv.Itoa(len(names))
}

// end annotates the run with the verdict and returns the exit code as an error.
func (s *step) end(r report.Report, failed error) error {
	code := host.Verdict(r.Verdict.Outcome, r.Context.FailOn, r.Context.Accepted != "")
	if failed != nil {
		code = host.Status(failed)
	}
	line := report.Line(r)
	switch {
	case code != host.ExitOK:
		s.runner.Error(line, r.Context.Config)
	case conclusionOf(r) == github.Neutral:
		s.runner.Warning(line, r.Context.Config)
	default:
		s.runner.Notice(line)
	}
	return host.Exit(code)
}

// failure is an error in the words of a report.
func failure(err error) *report.Failure {
	f := &report.Failure{Step: "measuring", Message: err.Error()}
	var (
		gw    *gateway.Error
		drive *session.DriveError

		elsewhere *failedElsewhere
	)
	switch {
	case errors.As(err, &elsewhere):
		*f = elsewhere.Failure
	case errors.As(err, new(*checkoutError)):
		f.Step = "looking at what is checked out"
	case host.IsUsage(err):
		f.Step = "reading the configuration"
	case errors.As(err, &gw):
		f.Step = map[gateway.Step]string{
			gateway.StepBuild: "building the gateway", gateway.StepStart: "starting the gateway",
			gateway.StepReady: "waiting for the gateway", gateway.StepStop: "stopping the gateway",
		}[gw.Step]
		f.Step = cmp.Or(f.Step, "driving the gateway")
		f.Output = strings.Join(gw.Output, "\n")
		f.Message = gw.Reason
		if gw.Hint != "" {
			f.Message += "; " + gw.Hint
		}
	case errors.As(err, &drive):
		f.Step = "driving the gateway"
		f.Output = strings.Join(drive.Output, "\n")
		f.Message = strings.Join(append([]string{drive.Err.Error()}, drive.Advice...), "; ")
	case errors.Is(err, host.ErrInterrupted):
		f.Step, f.Cancelled, f.Message = "measuring", true, "the run was cancelled; what was measured until then decides nothing"
	}
	return f
}
