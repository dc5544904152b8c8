package workflow

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/github"
)

// maxEarlier bounds how many results of earlier attempts are read. The newest that
// fits is enough, since it has the rounds of those before it.
const maxEarlier = 3

// attempts reads the results that earlier attempts of this job have left, into dir.
// It has to be done before this attempt leaves its own under the same name. What
// cannot be read is said, and the gate goes on without it.
func (s *step) attempts(ctx context.Context, t target, dir string) attempt.Attempts {
	number, err := strconv.Atoi(s.world.Getenv("GITHUB_RUN_ATTEMPT"))
	if err != nil || number < 2 {
		return attempt.Attempts{}
	}
	a := attempt.Attempts{Number: number}
	if t.pull != 0 {
		a.SHA = t.sha // what is checked out is a merge
	}
	say := func(what string, err error) {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		note := fmt.Sprintf("The rounds of %s do not count here: %s.", what, reason)
		s.runner.Notice(note)
		a.Notes = append(a.Notes, note)
	}
	left, err := s.leftBefore(ctx)
	if err != nil {
		say("earlier attempts", err)
		return a
	}
	for i, artifact := range left {
		run, err := s.readAttempt(ctx, filepath.Join(dir, fmt.Sprintf("attempt-%d.zip", i)), artifact)
		if err != nil {
			say("an earlier attempt", err)
			continue
		}
		a.Runs = append(a.Runs, run)
	}
	return a
}

// leftBefore lists the results of earlier attempts, the newest first.
func (s *step) leftBefore(ctx context.Context) ([]github.Artifact, error) {
	if s.client == nil {
		return nil, errors.New("there is no token to find their results with")
	}
	id, err := strconv.ParseInt(s.world.Getenv("GITHUB_RUN_ID"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("GITHUB_RUN_ID: %w", err)
	}
	left, err := s.client.RunArtifacts(ctx, id, s.inputs.result)
	if err == nil && len(left) == 0 {
		err = fmt.Errorf("they have left no artifact %s", s.inputs.result)
	}
	return left[:min(len(left), maxEarlier)], err
}

// readAttempt downloads and reads one.
func (s *step) readAttempt(ctx context.Context, path string, artifact github.Artifact) (bench.Run, error) {
	if artifact.Expired {
		return bench.Run{}, fmt.Errorf("artifact %s (%d) has expired", artifact.Name, artifact.ID)
	}
	run, left, err := s.readResult(ctx, path, artifact)
	if err == nil && left.Failure != nil {
		err = errors.New("it ended with an error")
	}
	return run, err
}
