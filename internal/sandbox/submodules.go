package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// submodule is a commit of another repository at a path of a commit.
type submodule struct{ path, url, commit string }

// Limits of what a commit may have us fetch.
const (
	mostSubmodules   = 100 // in all
	deepestSubmodule = 5
)

// submodules are those of a commit in a repository of ours.
func (s *Sandbox) submodules(ctx context.Context, repository, commit string) ([]submodule, error) {
	listed, err := s.ownGit(ctx, nil, "--git-dir="+repository, "ls-tree", "-r", "-z", commit)
	if err != nil {
		return nil, err
	}
	var found []submodule
	for entry := range strings.SplitSeq(listed, "\x00") {
		about, path, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(about); len(fields) == 3 && fields[0] == "160000" {
			found = append(found, submodule{path: path, commit: fields[2]})
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	// Without the file nobody knows where they are; that is told for each.
	configured, _ := s.ownGit(ctx, nil, "--git-dir="+repository, "config", "--blob", commit+":.gitmodules", "--list", "-z")
	paths, urls := map[string]string{}, map[string]string{}
	for setting := range strings.SplitSeq(configured, "\x00") {
		key, value, _ := strings.Cut(setting, "\n")
		if name, ok := strings.CutSuffix(key, ".path"); ok {
			paths[value] = name
		}
		if name, ok := strings.CutSuffix(key, ".url"); ok {
			urls[name] = value
		}
	}
	for i, m := range found {
		found[i].url = urls[paths[m.path]]
	}
	return found, nil
}

// populate fetches the submodules of a commit into its tree, and theirs, as far as they are
// on its own server: a token must go nowhere else. It returns what is missing, each with the
// reason, and the repositories that it has made.
func (s *Sandbox) populate(ctx context.Context, of Remote, repository, commit, tree string) (lacks, repositories []string) {
	type level struct {
		of                       Remote
		repository, commit, tree string
		within                   string // the tree, from the first one
		deep                     int
	}
	for todo := []level{{of, repository, commit, tree, "", 1}}; len(todo) > 0; todo = todo[1:] {
		at := todo[0]
		found, err := s.submodules(ctx, at.repository, at.commit)
		if err != nil {
			lacks = append(lacks, fmt.Sprintf("submodules: %v", err))
			continue
		}
		if at.deep == 1 && len(found) > 0 && !s.hasAny(ctx, found) {
			return nil, nil // head is built without them, too
		}
		for _, m := range found {
			name := filepath.Join(at.within, m.path)
			from, err := beside(at.of, m.url)
			var into string
			switch {
			case !filepath.IsLocal(m.path):
				err = errors.New("it would be outside")
			case err != nil:
			case len(repositories) == mostSubmodules || at.deep > deepestSubmodule:
				err = fmt.Errorf("there are more than %d, or deeper ones than %d", mostSubmodules, deepestSubmodule)
			default:
				into, err = s.place(ctx, from, m.commit, filepath.Join(at.tree, m.path))
			}
			if err != nil {
				lacks = append(lacks, fmt.Sprintf("submodule %s: %v", name, err))
				continue
			}
			repositories = append(repositories, into)
			todo = append(todo, level{from, into, m.commit, filepath.Join(at.tree, m.path), name, at.deep + 1})
		}
	}
	return lacks, repositories
}

// place fetches a commit and checks it out into a directory of a tree.
func (s *Sandbox) place(ctx context.Context, from Remote, commit, dir string) (repository string, err error) {
	if repository, err = s.ours("submodule-"); err != nil {
		return "", err
	}
	if err := s.fetchInto(ctx, repository, from, commit); err != nil {
		return "", err
	}
	_, err = s.ownGit(ctx, nil, "--git-dir="+repository, "worktree", "add", "--quiet", "--detach", dir, commit)
	return repository, err
}

// hasAny reports whether the workspace has any of these submodules: a checkout leaves
// empty directories where it was not asked for them.
func (s *Sandbox) hasAny(ctx context.Context, all []submodule) bool {
	top, err := s.Git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return false
	}
	for _, m := range all {
		if entries, err := os.ReadDir(filepath.Join(top, m.path)); err == nil && len(entries) > 0 {
			return true
		}
	}
	return false
}

// scpLike is an address as in git@github.com:owner/name.git.
var scpLike = regexp.MustCompile(`^(?:ssh://)?[\w.-]+@([\w.-]+)[:/](.+)$`)

// beside is where a submodule is by its address, which may be relative, on the server of
// what it belongs to. As actions/checkout does, ssh becomes https.
func beside(of Remote, address string) (Remote, error) {
	server, err := url.Parse(of.URL)
	if err != nil {
		return Remote{}, err
	}
	var at *url.URL
	m := scpLike.FindStringSubmatch(address)
	switch {
	case address == "":
		return Remote{}, fmt.Errorf(".gitmodules has no address for it")
	case strings.HasPrefix(address, "./") || strings.HasPrefix(address, "../"):
		at = server.JoinPath(address)
	case m != nil:
		at = &url.URL{Scheme: server.Scheme, Host: m[1], Path: "/" + m[2]}
	default:
		if at, err = url.Parse(address); err != nil {
			return Remote{}, err
		}
	}
	if at.Scheme != server.Scheme || at.Host != server.Host || at.User != nil {
		return Remote{}, fmt.Errorf("it is not on %s, and nothing is fetched from elsewhere", server.Host)
	}
	return Remote{URL: at.String(), Token: of.Token}, nil
}
