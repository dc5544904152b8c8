package workflow

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
)

// privateServer serves the repositories below a directory by git's own protocol, to who
// has the token of the job.
func privateServer(t *testing.T, root, token string) (url string, refused *atomic.Int32) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: program, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	refused = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "x-access-token" || password != token {
			refused.Add(1)
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
			http.Error(w, "Repository not found.", http.StatusUnauthorized)
			return
		}
		r.Header.Del("Authorization")
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, refused
}

// TestPrivateRepository: a checkout of one commit that keeps no token, of a repository
// that nobody may read without one. The base commit is fetched with the token of the
// input all the same, and without a token that is said.
func TestPrivateRepository(t *testing.T) {
	for _, token := range []string{"token-of-the-job", ""} {
		j := newJob(t)
		server := t.TempDir()
		git(t, "clone", "--quiet", "--bare", ".", filepath.Join(server, "octo", "shop"))
		git(t, "-C", filepath.Join(server, "octo", "shop"), "config", "uploadpack.allowAnySHA1InWant", "true")
		workspace := filepath.Join(t.TempDir(), "workspace")
		git(t, "clone", "--quiet", "--depth=1", "file://"+filepath.Join(server, "octo", "shop"), workspace)
		t.Chdir(workspace)
		url, refused := privateServer(t, server, "token-of-the-job")
		git(t, "remote", "set-url", "origin", url+"/octo/shop")
		j.env["GITHUB_WORKSPACE"], j.env["GITHUB_SERVER_URL"], j.env["INPUT_GITHUB-TOKEN"] = workspace, url, token
		j.pulled(j.hub.ID)
		e := j.run(t.Context())
		if e.code != host.ExitOK || j.asked.Ref != j.base {
			t.Errorf("with token %q: exit status %d, base %+v\n%s", token, e.code, j.asked, e.log)
		}
		if token == "" {
			if refused.Load() == 0 || !strings.Contains(e.log, "cannot be fetched") {
				t.Errorf("without a token: %d requests were refused\n%s", refused.Load(), e.log)
			}
			continue
		}
		if refused.Load() > 0 || strings.Contains(e.log, "cannot be fetched") {
			t.Errorf("%d requests were refused\n%s", refused.Load(), e.log)
		}
		if got := git(t, "--git-dir="+j.asked.Repository, "-c", "safe.directory=*", "cat-file", "-t", j.base); got != "commit" {
			t.Errorf("the base commit is a %q", got)
		}
	}
}
