package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

// resultDirectory is where a result is left in the workspace for later steps.
const resultDirectory = ".proxy-bench/report"

// leaveResult writes the result into the workspace and returns the directory, empty
// when it could not. The workspace belongs to code that is not trusted, and
// whatever that has put in the way must not lead us out of it.
func (s *step) leaveResult(files []record.File) string {
	name := keyed(resultDirectory, s.inputs.key)
	if err := writeInside(name, files); err != nil {
		s.warn("the result is not kept in the workspace: %v", err)
		return ""
	}
	return name
}

func writeInside(name string, files []record.File) error {
	root, err := os.OpenRoot(".")
	if err != nil {
		return err
	}
	defer root.Close()
	if err := errors.Join(root.RemoveAll(name), root.MkdirAll(name, 0o755)); err != nil {
		return err
	}
	made := []string{filepath.Dir(name), name}
	for _, f := range files {
		made = append(made, filepath.Join(name, f.Name))
		if err := root.WriteFile(made[len(made)-1], f.Content, 0o644); err != nil {
			return err
		}
	}
	return handOver(root, made)
}

// handOver gives files to the owner of the directory they are in, so that the
// steps after this one, which are not root, can remove them.
func handOver(root *os.Root, names []string) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	for _, name := range names {
		if err := root.Lchown(name, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return nil
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
	id := s.store(ctx, s.inputs.result, content)
	if id == 0 || !s.inputs.uploadReport {
		return ""
	}
	return fmt.Sprintf("%s/artifacts/%d", s.runURL(), id)
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

// store uploads an artifact and returns its id, 0 when it could not.
func (s *step) store(ctx context.Context, name string, content []byte) int64 {
	client, err := actions.NewArtifacts(s.world.Getenv, retry.Clock{Now: s.world.Now})
	if err == nil {
		var id int64
		if id, err = client.Upload(ctx, name, content, s.inputs.retentionDays); err == nil {
			fmt.Fprintf(s.world.Stdout, "uploaded %s: %.1f MB\n", name, float64(len(content))/(1<<20))
			return id
		}
	}
	s.warn("artifact %s: %v", name, err)
	return 0
}

// maxFailedShare is the share of failed requests with which a run can still be a
// baseline. It is not 0: one connection reset in a hundred thousand requests says
// nothing against the others, and would leave every pull request without a base
// until the next push.
const maxFailedShare = 0.001

// leaveBaseline leaves what pull requests will be compared with, but only what
// they can trust.
func (s *step) leaveBaseline(ctx context.Context, g gated) {
	if !g.Run.Validity.Complete {
		s.warn("no baseline is left: the run is not complete (%s)", g.Run.Validity.Incomplete)
		return
	}
	if f := saved.FailuresOf(g.Run); float64(f.Failed) > maxFailedShare*float64(f.Sent) {
		s.warn("no baseline is left: %v, more than %.1f %%", f, 100*maxFailedShare)
		return
	}
	var content bytes.Buffer
	if err := session.WriteBaseline(&content, g.Result, g.config.Gateway, g.log); err != nil {
		s.warn("no baseline is left: %v", err)
		return
	}
	s.store(ctx, s.inputs.artifact, content.Bytes())
}
