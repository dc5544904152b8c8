package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
)

// repositories are where the commits of a step are read and fetched: [sandbox.Sandbox].
type repositories interface {
	// Scratch is a directory for what the step downloads.
	Scratch() string
	Git(ctx context.Context, args ...string) (string, error)
	Fetch(ctx context.Context, from sandbox.Remote, commit string) (repository string, err error)
}

// prepare settles which commit the target is compared with, and fetches it where the
// clone lacks it. It returns the repository that has it then.
func (s *step) prepare(ctx context.Context, t *target, in repositories) (repository string, err error) {
	if t.pull != 0 {
		t.base = mergedInto(ctx, in, t.base)
	}
	if t.leavesBaseline || t.base == t.sha {
		return "", nil
	}
	_, missing := in.Git(ctx, "cat-file", "-e", t.base+"^{commit}")
	if missing == nil && whole(ctx, in, t.base) {
		return "", nil
	}
	from := sandbox.Remote{URL: s.world.Getenv("GITHUB_SERVER_URL") + "/" + s.world.Getenv("GITHUB_REPOSITORY"), Token: s.inputs.token}
	repository, err = in.Fetch(ctx, from, t.base)
	if err != nil && missing == nil {
		s.warn("the base commit is taken as this checkout has it, which may lack submodules or files: %v", err)
		return "", nil
	}
	return repository, err
}

// whole reports whether the clone alone has all of a commit that it has. A partial one
// would ask the server for files as they are read, without a token, and submodules are
// other repositories.
func whole(ctx context.Context, in repositories, commit string) bool {
	if from, err := in.Git(ctx, "config", "--get", "extensions.partialclone"); err == nil && from != "" {
		return false
	}
	_, err := in.Git(ctx, "cat-file", "-e", commit+":.gitmodules")
	return err != nil
}

// byTheBase has a pull request judged by the settings of its base, and says which it
// changes: otherwise it could loosen what it is judged by. Where the base's cannot be
// read or used, head's count.
func (s *step) byTheBase(ctx context.Context, g *gated, t target, in repositories, repository string) {
	if t.leavesBaseline || t.base == t.sha || s.inputs.by == "head" {
		return
	}
	path := s.configName()
	head, err := readInside(path)
	if err != nil {
		return // there is nothing that could change a setting but the workflow's inputs
	}
	base, err := fileOf(ctx, in, repository, t.base, path)
	if err != nil {
		g.log.Say("the base has no %s, so head's settings count: %v", path, err)
		return
	}
	file, changed, err := config.Graft(head, []byte(base))
	if err != nil || len(changed) == 0 {
		return
	}
	what := "changes settings that decide: " + nameChanges(changed)
	settled, err := config.Load(config.ForGating, config.Sources{Name: path + " of the base", File: file, Overrides: s.inputs.settings, Env: os.LookupEnv})
	if err != nil {
		g.said = append(g.said, fmt.Sprintf("This pull request %s. They count, since the base's cannot be used with its gateway: %s.", what, firstLine(err)))
	} else {
		settled.Gateway.Build = g.config.Gateway.Build // guessed, where the file has none
		g.config = settled
		g.said = append(g.said, fmt.Sprintf("This pull request %s. Those of the base decide; the input settings: head has it the other way.", what))
	}
	g.log.Say("%s", g.said[len(g.said)-1])
}

// fileOf is a file of a commit, by its path from the working directory.
func fileOf(ctx context.Context, in repositories, repository, commit, path string) (string, error) {
	prefix, err := in.Git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return "", err
	}
	args := []string{"show", commit + ":" + filepath.ToSlash(filepath.Join(prefix, path))}
	if repository != "" {
		args = append([]string{"--git-dir=" + repository}, args...)
	}
	return in.Git(ctx, args...)
}

// sources says where a base can be had: from the artifact of a trusted run, which
// is downloaded into dir, and from the commit to build. What cannot be had is
// noted.
func (s *step) sources(ctx context.Context, t *target, dir string, log session.Log) session.BaseSources {
	from := session.BaseSources{
		Config:     cmp.Or(s.inputs.config, session.DefaultConfig),
		BundleOnly: s.inputs.baseline == "artifact" || t.leavesBaseline,
	}
	if s.inputs.baseline == "none" {
		from.BundleOnly = true
		from.Note(log, "no base is looked for", errors.New("the input baseline is none"))
		return from
	}
	if s.inputs.baseline != "rebuild" {
		if t.lack = s.artifact(ctx, t, dir, &from, log); t.lack != nil {
			from.Note(log, "main's baseline", t.lack)
		}
	}
	if !from.BundleOnly && t.base != t.sha {
		from.Ref = t.base
	}
	return from
}

// artifact finds and downloads the baseline.
func (s *step) artifact(ctx context.Context, t *target, dir string, from *session.BaseSources, log session.Log) error {
	if s.client == nil {
		from.Note(log, "no baseline is looked for", errors.New("there is no token"))
		return nil
	}
	found, err := s.findBaseline(ctx, *t)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "main.zip")
	if err := s.download(ctx, found.Artifact, path); err != nil {
		return err
	}
	switch known, err := isOf(path, t.gateway); {
	case err != nil:
		return fmt.Errorf("run %d: %w", found.RunID, err)
	case !known:
		from.Note(log, "main's baseline", errors.New("it does not say which gateway it is of, since an older version of the action has left it"))
	}
	log.Say("baseline of %.12s, from run %d (%d commits behind the base)", found.SHA, found.RunID, found.Behind)
	from.File, from.Fetched, t.behind = path, true, found.Behind
	return nil
}

func (s *step) download(ctx context.Context, artifact github.Artifact, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	limits := baseline.DefaultLimits()
	return errors.Join(s.client.DownloadArtifact(ctx, artifact, f, limits.File+limits.Bundle), f.Close())
}

// mergedInto is the commit that a pull request was merged into for this run:
// what is checked out by default is a merge of its head into the base branch as
// that is now, while the event names the base as it was. A shallow clone hides
// the parents of its commit from every command but the one that prints it.
func mergedInto(ctx context.Context, in repositories, otherwise string) string {
	commit, err := in.Git(ctx, "cat-file", "commit", "HEAD")
	if err != nil {
		return otherwise
	}
	header, _, _ := strings.Cut(commit, "\n\n")
	parents := regexp.MustCompile(`(?m)^parent (\S+)$`).FindAllStringSubmatch(header, -1)
	if len(parents) != 2 {
		return otherwise
	}
	return parents[0][1]
}
