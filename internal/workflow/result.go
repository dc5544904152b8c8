package workflow

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/internal/spread"
	"github.com/org/proxy-bench-action/internal/workspace"
)

// resultDirectory is where a result is left in the workspace for later steps.
const resultDirectory = ".proxy-bench/report"

// leaveResult writes the result into the workspace and returns the directory, empty
// when it could not. The workspace belongs to code that is not trusted, and
// whatever that has put in the way must not lead us out of it.
func (s *step) leaveResult(files []record.File) string {
	name := spread.Keyed(resultDirectory, s.inputs.key)
	if err := workspace.Write(name, files); err != nil {
		s.warn("the result is not kept in the workspace: %v", err)
		return ""
	}
	return name
}

// upload stores the result as an artifact and returns its page if there is an
// HTML report to be found on it.
func (s *step) upload(ctx context.Context, files []record.File) string {
	if !s.inputs.uploadReport {
		files = slices.DeleteFunc(slices.Clone(files), func(f record.File) bool { return f.Name == record.HTMLFile })
	}
	content, err := record.Zip(files...)
	if err != nil {
		s.warn("the result is not uploaded: %v", err)
		return ""
	}
	stored := s.store(ctx, s.inputs.result, content)
	if stored.Replaced && s.attempt() == 1 {
		s.warn("another job of this run has left %s, too, which is gone now, and both write one comment: %s", s.inputs.result, keysDiffer)
	}
	if stored.ID == 0 || !s.inputs.uploadReport {
		return ""
	}
	return fmt.Sprintf("%s/artifacts/%d", s.runURL(), stored.ID)
}

// runURL is the page of the workflow run that measured.
func (s *step) runURL() string {
	env := s.world.Getenv
	id := env("GITHUB_RUN_ID")
	if run := s.event.Run; run != nil {
		id = strconv.FormatInt(run.ID, 10)
	}
	return fmt.Sprintf("%s/%s/actions/runs/%s", env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"), id)
}

// keysDiffer is what to do about two jobs that answer under one name.
const keysDiffer = "set the input key to what tells the jobs apart, such as ${{ matrix.gateway }}; what the matrix has for a job is not known here"

// store uploads an artifact. Its id is 0 when it could not.
func (s *step) store(ctx context.Context, name string, content []byte) (stored actions.Stored) {
	client, err := actions.NewArtifacts(s.world.Getenv, retry.Clock{Now: s.world.Now})
	if err == nil {
		if stored, err = client.Upload(ctx, name, content, s.inputs.retentionDays); err == nil {
			fmt.Fprintf(s.world.Stdout, "uploaded %s: %.1f MB\n", name, float64(len(content))/(1<<20))
			return stored
		}
	}
	s.warn("artifact %s: %v", name, err)
	return stored
}
