package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/workspace"
)

// repositories are where the commits of a step are read and fetched: [sandbox.Sandbox].
type repositories interface {
	// Scratch is a directory for what the step downloads.
	Scratch() string
	Git(ctx context.Context, args ...string) (string, error)
	Fetch(ctx context.Context, from sandbox.Remote, commit string) (repository string, err error)
}

// fetch fetches the commits that the target is compared with and judged by, where the
// clone lacks them. It returns the repositories that have them then.
func (s *step) fetch(ctx context.Context, t target, in repositories) (repositories map[string]string, err error) {
	repositories = map[string]string{}
	if t.leavesBaseline {
		return repositories, nil
	}
	from := sandbox.Remote{URL: s.world.Getenv("GITHUB_SERVER_URL") + "/" + s.world.Getenv("GITHUB_REPOSITORY"), Token: s.inputs.token}
	for _, commit := range []string{t.base, t.judge} {
		if commit == "" || commit == t.sha || repositories[commit] != "" {
			continue
		}
		_, missing := in.Git(ctx, "cat-file", "-e", commit+"^{commit}")
		if missing == nil && whole(ctx, in, commit) {
			continue
		}
		there, failed := in.Fetch(ctx, from, commit)
		switch {
		case failed != nil && missing == nil:
			s.warn("the base commit is taken as this checkout has it, which may lack submodules or files: %v", failed)
			continue
		case failed != nil:
			err = errors.Join(err, fmt.Errorf("the base commit %.12s is not here and cannot be fetched, so it cannot be built (actions/checkout: fetch-depth: 0): %w", commit, failed))
			continue
		}
		repositories[commit] = there
	}
	return repositories, err
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
	if t.judge == "" || s.inputs.by == "head" {
		return
	}
	path := s.configName()
	head, err := workspace.Read(path, config.Limit)
	if err != nil {
		return // there is nothing that could change a setting but the workflow's inputs
	}
	base, err := fileOf(ctx, in, repository, t.judge, path)
	if err != nil {
		g.log.Say("the base has no %s, so head's settings count: %v", path, err)
		return
	}
	file, changed, err := config.Graft(head, []byte(base))
	if err != nil || len(changed) == 0 {
		return
	}
	what := "changes settings that decide: " + nameChanges(changed)
	settled, err := config.Load(s.purpose(), config.Sources{Name: path + " of the base", File: file, Overrides: s.inputs.settings, Env: os.LookupEnv})
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
		Name:       t.name,
		Exact:      s.inputs.sharded() || s.inputs.prepare,
	}
	if t.named {
		from.Named = "input base"
	}
	if t.doubt != nil {
		from.Note(log, "the merge base", t.doubt)
	}
	if s.inputs.baseline == "none" {
		from.BundleOnly = true
		from.Note(log, "no base is looked for", errors.New("the input baseline is none"))
		return from
	}
	if s.inputs.baseline != "rebuild" {
		if t.lack = s.artifact(ctx, t, dir, &from, log); t.lack != nil {
			from.Note(log, "the baseline of main cannot be had", lackOf(t.lack))
		}
	}
	if !from.BundleOnly && (t.named || t.base != t.sha) {
		from.Ref = t.base
	}
	return from
}

// lackOf is why there is no baseline, without the words that say that there is none.
func lackOf(err error) error {
	if none, ok := errors.AsType[*github.NoBaselineError](err); ok {
		return errors.New(none.Why)
	}
	return err
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
	if t.named && found.Behind > 0 {
		return fmt.Errorf("the nearest is of %.12s, %s before %s, and that is compared with which is named", found.SHA, figures.Counted(found.Behind, "commit"), t.name)
	}
	path := filepath.Join(dir, "main.zip")
	if err := s.download(ctx, found.Artifact, path); err != nil {
		return err
	}
	switch known, err := isOf(path, t.gateway); {
	case err != nil:
		return fmt.Errorf("run %d: %w", found.RunID, err)
	case !known:
		from.Note(log, "the baseline of main", errors.New("it does not say which gateway it is of, since an older version of the action has left it"))
	}
	log.Say("baseline of %.12s, from run %d (%d commits behind the base)", found.SHA, found.RunID, found.Behind)
	from.File, from.Fetched, from.Run = path, true, found.RunID
	if t.judge != "" {
		from.Behind = found.Behind
	} else {
		t.behind = found.Behind
	}
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
