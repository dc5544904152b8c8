//go:build platform

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// nodeTunnel is the tunnel in Node, of which there is nothing to build.
const nodeTunnel = `import net from 'node:net';
const option = name => process.argv[process.argv.indexOf(name) + 1];
const upstream = new URL(option('--upstream'));
net.createServer(client => {
  const server = net.connect(upstream.port, upstream.hostname);
  client.setNoDelay().on('error', () => server.destroy()).pipe(server);
  server.setNoDelay().on('error', () => client.destroy()).pipe(client);
}).listen(Number(option('--port')), '127.0.0.1');
`

// nodeGateway is a repository with it, of which an example says how it starts.
func nodeGateway() map[string]string {
	return map[string]string{
		"package.json":      `{"name": "gateway", "version": "1.0.0", "private": true}`,
		"package-lock.json": `{"name": "gateway", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "gateway", "version": "1.0.0"}}}`,
		"server.mjs":        nodeTunnel,
		".proxy-bench.yml":  "version: 1\n" + smallSuite,
	}
}

// pythonGateway is a repository with the tunnel in Python.
func pythonGateway() map[string]string {
	return map[string]string{
		"requirements.txt": "\n",
		"app.py": `import asyncio, sys
from urllib.parse import urlsplit


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


upstream = urlsplit(option("--upstream"))


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


async def serve(reader, writer):
    server = await asyncio.open_connection(upstream.hostname, upstream.port)
    await asyncio.gather(pass_on(reader, server[1]), pass_on(server[0], writer))
    server[1].close()
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(option("--port"))) as listener:
        await listener.serve_forever()


asyncio.run(main())
`,
		".proxy-bench.yml": "version: 1\n" + smallSuite,
	}
}

// inPlace is a repository with the same in its root that says it itself, for all examples to
// which the gateway is the same: Go's own packages alone take ten seconds to build.
func inPlace() map[string]string {
	const start = "gateway: {start: 'exec node server.mjs --port $PORT --upstream $UPSTREAM_URL'}\n"
	return map[string]string{"server.mjs": nodeTunnel, ".proxy-bench.yml": "version: 1\n" + start + smallSuite}
}

// recipe opens a repository with one example and that gateway.
func recipe(t *testing.T, example string) *shop {
	t.Helper()
	files := inPlace()
	files[".github/workflows/"+example] = exampleText(t, example)
	return openShop(t, files)
}

// pullOf is a run for a pull request with one commit, with a label, that something was done to.
func (s *shop) pullOf(sha, action string, labels ...string) object {
	payload := s.pulled(pull, s.git("rev-parse", "main"), sha, s.ours())
	payload["action"] = action
	var all []object
	for _, name := range labels {
		all = append(all, object{"name": name})
		payload["label"] = object{"name": name}
	}
	payload["pull_request"].(object)["labels"] = all
	return payload
}

// TestPlatformRequired: the job runs where the gateway changes, and nowhere else.
func TestPlatformRequired(t *testing.T) {
	s := recipe(t, "required.yml")
	s.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: s.head(), BaseSHA: s.head()})
	for name, c := range map[string]struct {
		files map[string]string
		runs  bool
	}{
		"words": {map[string]string{"docs/page.md": "words"}, false},
		"code":  {map[string]string{"main.go": "package gateway\n", "server.mjs": nodeTunnel + "// more\n"}, true},
	} {
		sha := s.branch(name, c.files)
		e := s.start(run{event: "pull_request", file: "required.yml", payload: s.pullOf(sha, "synchronize")})
		if _, ran := e.artifacts["proxy-bench-result"]; !e.ok || ran != c.runs {
			t.Errorf("%s: ok %v, measured %v\n%s", name, e.ok, ran, e.log)
		}
	}
}

// TestPlatformLabeled: a pull request is measured when it gets the label and while it has it,
// not when it gets another.
func TestPlatformLabeled(t *testing.T) {
	s := recipe(t, "labeled.yml")
	sha := s.branch("topic", map[string]string{"docs/page.md": "words"})
	s.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: sha, BaseSHA: s.git("rev-parse", "main")})
	for name, c := range map[string]struct {
		payload object
		runs    bool
	}{
		"no label":          {s.pullOf(sha, "synchronize"), false},
		"the label":         {s.pullOf(sha, "labeled", "bench"), true},
		"a push after it":   {s.pullOf(sha, "synchronize", "bench"), true},
		"another label yet": {s.pullOf(sha, "labeled", "bench", "docs"), false},
	} {
		e := s.start(run{event: "pull_request", file: "labeled.yml", payload: c.payload})
		if _, ran := e.artifacts["proxy-bench-result"]; !e.ok || ran != c.runs {
			t.Errorf("%s: ok %v, measured %v\n%s", name, e.ok, ran, e.log)
		}
	}
}

// TestPlatformMergeQueue: a group is compared with what it is queued behind.
func TestPlatformMergeQueue(t *testing.T) {
	s := recipe(t, "merge-queue.yml")
	base := s.head()
	s.commit("the group", map[string]string{"server.mjs": nodeTunnel + "// more\n"})
	sha := s.head()
	s.hub.AddCommit(sha, base)
	e := s.start(run{event: "merge_group", file: "merge-queue.yml", payload: object{
		"action": "checks_requested", "repository": s.ours(), "merge_group": object{
			"base_sha": base, "base_ref": "refs/heads/main", "head_sha": sha, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-" + base,
		},
	}})
	if !e.ok {
		t.Fatal(e.log)
	}
	if of := baseOf(t, e); of.SHA != base {
		t.Errorf("compared with %+v, want %s", of, base)
	}
	if c := lastCheck(t, s, sha); c.Conclusion == "failure" {
		t.Errorf("check %+v", c)
	}
}

// TestPlatformRelease: what is here is compared with the last release, not with what a
// push or a pull request would be.
func TestPlatformRelease(t *testing.T) {
	s := recipe(t, "release.yml")
	released := s.head()
	s.git("tag", "v1.0.0")
	s.hub.SetRef("v1.0.0", released)
	s.hub.Release("v1.0.0")
	s.commit("one step", map[string]string{"one.md": "words"})
	s.hub.AddCommit(s.head(), released)
	one := s.head()
	s.commit("another", map[string]string{"server.mjs": nodeTunnel + "// more\n"})
	s.hub.AddCommit(s.head(), one)
	e := s.start(run{event: "workflow_dispatch", file: "release.yml", payload: object{"ref": "refs/heads/main", "repository": s.ours()}})
	if !e.ok {
		t.Fatal(e.log)
	}
	e.artifacts["proxy-bench-result"] = e.artifacts["proxy-bench-result-release"]
	if of := baseOf(t, e); of.SHA != released {
		t.Errorf("compared with %+v, want %s", of, released)
	}
	if e.artifacts["proxy-bench-baseline-release"] != nil {
		t.Error("it has left a baseline")
	}
}

// TestPlatformPrivateModules: a step before fetches a module with a token, which the build
// does not see, and does not need.
func TestPlatformPrivateModules(t *testing.T) {
	const token, example = "a-token-for-modules", "private-modules.yml"
	files := module("", "gateway: {build: '! env | grep -q "+token+" && GOPROXY=off go build -o gateway .', start: 'exec ./gateway -listen 127.0.0.1:$PORT -upstream $UPSTREAM_URL'}\n")
	files["main.go"] = strings.Replace(goTunnel, "import (", "import (\n\t_ \"github.com/my-org/lib\"\n", 1)
	files["go.mod"] += "\nrequire github.com/my-org/lib v0.1.0\n"
	files[".gitignore"] = "/private/\n"
	s := openShop(t, files)
	lib := filepath.Join(s.dir, "private", token, "my-org/lib")
	s.must(os.MkdirAll(lib, 0o755))
	s.must(os.WriteFile(filepath.Join(lib, "go.mod"), []byte("module github.com/my-org/lib\n\ngo 1.26\n"), 0o644))
	s.must(os.WriteFile(filepath.Join(lib, "lib.go"), []byte("package lib\n"), 0o644))
	inRepository := func(dir string, env []string, name string, args ...string) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com"), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}, {"commit", "--quiet", "--message", "lib"}, {"tag", "v0.1.0"}} {
		inRepository(lib, nil, "git", args...)
	}
	server := "file://" + filepath.Join(s.dir, "private") + "/"
	inRepository(s.dir, []string{
		"GOFLAGS=-mod=mod -modcacherw", "GOMODCACHE=" + t.TempDir(), "GOPRIVATE=github.com/my-org/*",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url." + server + token + "/.insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/",
	}, "go", "mod", "tidy")
	text := exampleText(t, example)
	here := strings.Replace(text, "https://x-access-token:${{ secrets.MODULES_TOKEN }}@github.com/", server+"${{ secrets.MODULES_TOKEN }}/", 1)
	if here == text {
		t.Fatal("the example has another address")
	}
	s.commit("modules", map[string]string{".github/workflows/" + example: here})
	s.hub.AddCommit(s.head())
	e := s.start(run{
		event: "push", file: example, payload: s.push(strings.Repeat("0", 40), s.head()), secrets: []string{"MODULES_TOKEN=" + token},
	})
	if !e.ok || e.artifacts["proxy-bench-baseline"] == nil {
		t.Fatal(e.log)
	}
}
