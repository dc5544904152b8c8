package workflow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/retry"
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
	// What is left is no change of the repository's, unless that says so itself.
	ignore := filepath.Join(filepath.Dir(name), ".gitignore")
	if _, err := root.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		made = append(made, ignore)
		if err := root.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
			return err
		}
	}
	for _, f := range files {
		path := filepath.Join(name, f.Name)
		made = append(made, path)
		if err := root.WriteFile(path, f.Content, 0o644); err != nil {
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
