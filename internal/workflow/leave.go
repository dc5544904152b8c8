package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/spread"
)

// shard measures one shard of a gate and leaves it for the job that merges. It answers
// nothing on the pull request.
func (s *step) shard(ctx context.Context, t target) error {
	g, m, failed := s.measure(ctx, &t)
	if m != nil {
		defer func() { _ = m.Close() }()
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if t.pull != 0 {
		// The commit that is checked out is a merge that only this run knows.
		g.Run.Commit.SHA, g.Run.Commit.Ref = t.sha, s.world.Getenv("GITHUB_HEAD_REF")
	}
	left := s.leaveShard(ctx, t, g, failed)
	if failed != nil {
		s.summarize(fmt.Sprintf("Shard %v could not be measured: %s.", s.inputs.shard, failure(failed).Message))
		return failed
	}
	if left != nil {
		return left
	}
	s.summarize(fmt.Sprintf("Shard %v has measured %s in %s on %s. The job with `merge: true` decides.",
		s.inputs.shard, figures.Counted(shard.Pairs(g.Run.Rounds), "process pair"), figures.Length(g.Run.Elapsed), g.Run.Environment.CPUModel))
	return nil
}

// summarize is all that a job says which decides nothing.
func (s *step) summarize(text string) {
	fmt.Fprintln(s.world.Stdout, text)
	if err := errors.Join(s.runner.Summary(text+"\n"), s.runner.Output("summary", text)); err != nil {
		s.warn("no job summary: %v", err)
	}
}

// leaveShard uploads what was measured, or why nothing was.
func (s *step) leaveShard(ctx context.Context, t target, g gated, failed error) error {
	content := saved.RunFiles(g.Run)
	context := report.Context{Notes: g.said, Behind: t.behind, PullRequest: t.pull}
	if failed != nil {
		context.Failure = failure(failed)
	}
	content.Context = context
	files, err := content.Files()
	if err == nil && failed == nil && t.leavesBaseline && !g.handed {
		files, err = s.withGateway(files, g)
	}
	var zip []byte
	if err == nil {
		zip, err = record.Zip(files...)
	}
	if err != nil {
		return fmt.Errorf("shard %v is not kept: %w", s.inputs.shard, err)
	}
	name := spread.ShardName(s.inputs.key, s.inputs.shard, s.attempt())
	stored := s.store(ctx, name, zip)
	if stored.Replaced { // and is gone: what is left twice says so
		s.warn("another job of this run is shard %v, too: give each job of the matrix a shard of its own, and gates of several gateways an input key", s.inputs.shard)
		stored = s.store(ctx, name+spread.Twice, zip)
	}
	if stored.ID == 0 {
		return host.Exit(host.ExitFailed) // store has said why
	}
	return nil
}

// withGateway adds the gateway that was measured, which the baseline of main carries. Any
// shard may be the only one that is left.
func (s *step) withGateway(files []record.File, g gated) ([]record.File, error) {
	var content bytes.Buffer
	if err := session.WriteBaseline(&content, g.Result, g.config.Gateway, g.log); err != nil {
		return nil, err
	}
	return append(files, record.File{Name: spread.GatewayFile, Content: content.Bytes()}), nil
}
