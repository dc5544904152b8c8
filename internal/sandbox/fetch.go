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
	repository = filepath.Join(s.scratch, "fetched.git")
	if _, err := s.ownGit(ctx, nil, "init", "--quiet", "--bare", repository); err != nil {
		return "", err
	}
	var secret []string
	if from.Token != "" {
		// As actions/checkout does: in the environment, which only root can read, and not on
		// the command line.
		basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + from.Token))
		secret = []string{"http." + from.URL + ".extraheader=AUTHORIZATION: basic " + basic}
	}
	_, err = s.ownGit(ctx, secret, "--git-dir="+repository, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", from.URL, commit)
	return repository, err
}

// CheckOut checks a commit out of a repository of [Sandbox.Fetch] into a new directory,
// and makes both the user's.
func (s *Sandbox) CheckOut(ctx context.Context, repository, commit, tree string) error {
	if _, err := s.ownGit(ctx, nil, "--git-dir="+repository, "worktree", "add", "--quiet", "--detach", tree, commit); err != nil {
		return err
	}
	return errors.Join(s.Give(tree), s.Give(repository))
}

// ownGit runs git as who we are, with the settings given and no configuration but that
// of a repository of ours.
func (s *Sandbox) ownGit(ctx context.Context, settings []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = s.scratch
	cmd.Env = []string{"HOME=" + s.scratch, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:file"}
	for _, pair := range s.world.Environ {
		name, _, _ := strings.Cut(pair, "=")
		if name == "PATH" || slices.Contains(reaching, name) {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	settings = append([]string{"core.hooksPath=" + os.DevNull, "safe.directory=*"}, settings...)
	cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)))
	for i, setting := range settings {
		key, value, _ := strings.Cut(setting, "=")
		cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return output(cmd, verb(args))
}

// reaching are the variables that say how to reach a server.
var reaching = strings.Fields(`http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
	GIT_SSL_CAINFO SSL_CERT_DIR SSL_CERT_FILE CURL_CA_BUNDLE`)
