package sandbox

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/attacks"
)

// planted is a program for git to run: a shell line that plants it in the repository
// where it runs, and what git is then asked. $EVIL is the program, $SERVER a server that
// wants a password. TREE stands for a directory that is not there.
type planted struct {
	line string
	ask  []string
}

var (
	status   = []string{"status", "--porcelain"}
	checkout = []string{"worktree", "add", "--quiet", "--detach", "TREE", "HEAD"}
	fetch    = []string{"fetch", "origin"}
)

var plants = map[string]planted{
	"file system monitor":   {`git config core.fsmonitor "$EVIL"`, status},
	"hooks elsewhere":       {`mkdir h && ln -s "$EVIL" h/post-checkout && git config core.hooksPath "$PWD/h"`, checkout},
	"hook after a checkout": {`ln -sf "$EVIL" .git/hooks/post-checkout`, checkout},
	"hook on references":    {`ln -sf "$EVIL" .git/hooks/reference-transaction`, checkout},
	"hook on the index":     {`ln -sf "$EVIL" .git/hooks/post-index-change; touch -d 2001-01-01 gw.sh`, status},
	"filter of what is read": {`git config filter.x.clean "$EVIL; cat"; echo '* filter=x' >.git/info/attributes
		touch -d 2001-01-01 gw.sh`, status},
	"filter of what is checked out":   {`git config filter.x.smudge "$EVIL; cat"; echo '* filter=x' >.git/info/attributes`, checkout},
	"filter that stays":               {`git config filter.x.process "$EVIL"; echo '* filter=x' >.git/info/attributes`, checkout},
	"text of a file":                  {`git config diff.x.textconv "$EVIL"; echo '* diff=x' >.git/info/attributes; echo more >>gw.sh`, []string{"diff"}},
	"another diff":                    {`git config diff.external "$EVIL"; echo more >>gw.sh`, []string{"diff"}},
	"another ssh":                     {`git config core.sshCommand "$EVIL"; git remote add origin ssh://127.0.0.1/x`, fetch},
	"proxy of a remote":               {`git config core.gitProxy "$EVIL"; git remote add origin git://127.0.0.1:1/x`, fetch},
	"credential helper":               {`git config credential.helper "!$EVIL"; git remote add origin "$SERVER/x"`, fetch},
	"program that asks for passwords": {`git config core.askPass "$EVIL"; git remote add origin "$SERVER/x"`, fetch},
	"remote that is a command": {`git config protocol.ext.allow always; git config "url.ext::$EVIL .insteadOf" nothing://
		git remote add origin nothing://x`, fetch},
	"other end of a remote": {`git remote add origin "$PWD"; git config remote.origin.uploadpack "$EVIL"`, fetch},
	"missing object": {
		`git remote add origin "$PWD"; git config remote.origin.uploadpack "$EVIL"
		git config core.repositoryFormatVersion 1; git config extensions.partialClone origin; git config remote.origin.promisor true`,
		[]string{"cat-file", "-e", strings.Repeat("d", 40) + "^{commit}"},
	},
	"configuration elsewhere": {`printf '[core]\n\tfsmonitor = %s\n' "$EVIL" >more; git config include.path "$PWD/more"`, status},
	"configuration for one directory": {`printf '[core]\n\tfsmonitor = %s\n' "$EVIL" >more
		git config "includeIf.gitdir:$PWD/.git.path" "$PWD/more"`, status},
	"configuration of a worktree": {`git config extensions.worktreeConfig true; git config --worktree core.fsmonitor "$EVIL"`, status},
	"repository elsewhere":        {`git config core.fsmonitor "$EVIL"; mv .git elsewhere; echo "gitdir: $PWD/elsewhere" >.git`, status},
	"common directory elsewhere":  {`cp -r .git common; git --git-dir=common config core.fsmonitor "$EVIL"; echo ../common >.git/commondir`, status},
	"configuration of a submodule": {`cp -r .git keep; git init --quiet sub; git -C sub commit --quiet --allow-empty --message=x
		git add sub 2>/dev/null; git commit --quiet --message=sub; git -C sub config core.fsmonitor "$EVIL"; rm -rf keep`, status},
	"program that checks signatures": {`git config gpg.program "$EVIL"; git config log.showSignature true
		signed=$(git cat-file commit HEAD | sed '/^committer /a gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----' | git hash-object -t commit -w --stdin)
		git update-ref HEAD "$signed"`, []string{"log", "-1"}},
}

// plant prepares a workspace with the program, and returns what git is asked and the file
// in which the program notes who runs it.
func plant(t *testing.T, p planted) (w host.World, ask []string, noted string) {
	t.Helper()
	root, w := runnerFiles(t, 1001)
	workspace, evil := filepath.Join(root, "workspace"), filepath.Join(root, "evil")
	noted = filepath.Join(evil, "noted")
	wantsPassword := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(wantsPassword.Close)
	if err := errors.Join(os.RemoveAll(workspace), os.Mkdir(workspace, 0o755), os.Mkdir(evil, 0o755), os.Chmod(evil, 0o777),
		os.WriteFile(filepath.Join(evil, "run"), []byte("#!/bin/sh\nid -u >>"+noted+"\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(workspace)
	git(t, wantsPassword.URL, evil, `git init --quiet && echo one >gw.sh && git add . && git commit --quiet --message=one && mkdir -p .git/info .git/hooks
		`+p.line)
	if err := chownAll(workspace, 1001, 1001); err != nil {
		t.Fatal(err)
	}
	ask = slices.Clone(p.ask)
	if i := slices.Index(ask, "TREE"); i >= 0 {
		ask[i] = filepath.Join(root, "tree")
	}
	return w, ask, noted
}

// git runs a shell line as who we are, with git as it is by default.
func git(t *testing.T, server, evil, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + evil, "SERVER=" + server, "EVIL=" + evil + "/run", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// TestProgramsForGit: what a repository has git run is run as the gateway's user, if at
// all, and nobody of it is left. Asked by root, as without protection, it runs as root.
func TestProgramsForGit(t *testing.T) {
	attacks.Each(t, attacks.Git, plants, func(t *testing.T, _ string, p planted) {
		_, ask, noted := plant(t, p)
		git(t, "", filepath.Dir(noted), "git "+strings.Join(ask, " ")+" || true")
		if users, err := os.ReadFile(noted); err != nil || !slices.Contains(strings.Fields(string(users)), "0") {
			t.Errorf("without protection it is not run as root, so this test shows nothing: %q, %v", users, err)
		}

		w, ask, noted := plant(t, p)
		s, err := Isolate(w, "")
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Git(t.Context(), ask...)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		users, _ := os.ReadFile(noted)
		t.Logf("run as %q; git said %q, %v", strings.Fields(string(users)), out, err)
		if slices.ContainsFunc(strings.Fields(string(users)), func(id string) bool { return id != "1001" }) {
			t.Errorf("run as %q", users)
		}
	})
}
