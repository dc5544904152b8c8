package sandbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Remote is a repository on a server.
type Remote struct {
	URL   string // https://github.com/owner/name
	Token string // may be empty
}

// Fetch fetches one commit into a repository of ours and returns where that is. An
// earlier step can have written anything into the workspace's configuration: a remote
// that is a command, a credential helper. So nothing of it is read.
func (s *Sandbox) Fetch(ctx context.Context, from Remote, commit string) (repository string, err error) {
	s.from = from
	if repository, err = s.ours("fetched-"); err != nil {
		return "", err
	}
	return repository, s.fetchInto(ctx, repository, from, commit)
}

// ours is a new directory each time, so that it stays nobody's but ours, for the user to
// read.
func (s *Sandbox) ours(prefix string) (dir string, err error) {
	if dir, err = os.MkdirTemp(s.scratch, prefix); err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// fetchInto fetches one commit into a directory that becomes a repository.
func (s *Sandbox) fetchInto(ctx context.Context, repository string, from Remote, commit string) error {
	if _, err := s.ownGit(ctx, nil, "init", "--quiet", "--bare", repository); err != nil {
		return err
	}
	var secret []string
	if from.Token != "" {
		// As actions/checkout does: in the environment, which only root can read, and not on
		// the command line.
		basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + from.Token))
		secret = []string{"http." + from.URL + ".extraheader=AUTHORIZATION: basic " + basic}
	}
	_, err := s.ownGit(ctx, secret, "--git-dir="+repository, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", from.URL, commit)
	return err
}

// CheckOut checks a commit out of a repository of [Sandbox.Fetch] or [Sandbox.Take] into a
// new directory. That and a copy of the repository, which belongs to the working tree, are
// base's then; the repository itself stays ours, since we go on running git there. What the commit
// only names, submodules and files of Git LFS, it brings as far as it can; lacks is what is
// missing.
func (s *Sandbox) CheckOut(ctx context.Context, repository, commit, tree string) (lacks []string, err error) {
	if owner, err := ownerOf(filepath.Dir(tree)); err != nil || s.user != nil && int(owner.Uid) != os.Geteuid() {
		return nil, errors.Join(err, fmt.Errorf("%s is not ours, so that somebody else could put a link there", filepath.Dir(tree)))
	}
	dir, err := s.ours("copied-")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, os.DirFS(repository)); err != nil {
		return nil, err
	}
	if _, err := s.ownGit(ctx, nil, "--git-dir="+dir, "worktree", "add", "--quiet", "--detach", tree, commit); err != nil {
		return nil, err
	}
	var made []string
	if s.from != (Remote{}) { // else nobody knows where submodules could be had
		lacks, made = s.populate(ctx, s.from, repository, commit, tree)
	}
	lacks = append(lacks, s.fillPointers(ctx, repository, commit, tree)...)
	var failed []error
	for _, given := range append(made, tree, dir) {
		failed = append(failed, s.Give(bench.Base, given))
	}
	return lacks, errors.Join(failed...)
}

// ownGit runs git as who we are, with the settings given and no configuration but that
// of a repository of ours.
func (s *Sandbox) ownGit(ctx context.Context, settings []string, args ...string) (string, error) {
	return s.ownGitReading(ctx, nil, settings, args...)
}

// ownGitReading is ownGit with a standard input, which may be nil.
func (s *Sandbox) ownGitReading(ctx context.Context, input *os.File, settings []string, args ...string) (string, error) {
	git, path, err := s.ownPrograms()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, git, args...)
	cmd.Dir = s.scratch
	if input != nil {
		cmd.Stdin = input
	}
	cmd.Env = []string{
		"PATH=" + path, "HOME=" + s.scratch, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1",
		// Anybody can make /tmp/.git.
		"GIT_CEILING_DIRECTORIES=" + filepath.Dir(s.scratch), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:file",
	}
	for _, pair := range s.world.Environ {
		name, _, _ := strings.Cut(pair, "=")
		if slices.Contains(reaching, name) {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	settings = append([]string{"core.hooksPath=" + os.DevNull, "safe.directory=*", "gc.auto=0", "maintenance.auto=false"}, settings...)
	cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)))
	for i, setting := range settings {
		key, value, _ := strings.Cut(setting, "=")
		cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return output(cmd, verb(args))
}

// systemPath is where the image has its programs, in directories that are root's.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Program finds a program for us to run, as Command of exec takes it. In the action our
// own path does not count: a workflow can put a directory of the workspace on it, where a
// build can leave a program of that name.
func (s *Sandbox) Program(name string) (string, error) {
	if s.user == nil {
		return exec.LookPath(name)
	}
	for dir := range strings.SplitSeq(systemPath, ":") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s", name, systemPath)
}

// ownPrograms are git for us to run, and the path that it finds others by.
func (s *Sandbox) ownPrograms() (git, path string, err error) {
	path = systemPath
	if s.user == nil {
		path = s.world.Getenv("PATH")
	}
	git, err = s.Program("git")
	return git, path, err
}

// reaching are the variables that say how to reach a server.
var reaching = strings.Fields(`http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
	GIT_SSL_CAINFO SSL_CERT_DIR SSL_CERT_FILE CURL_CA_BUNDLE`)
