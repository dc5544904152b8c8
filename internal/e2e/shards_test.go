//go:build platform

package e2e

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// TestPlatformShards: one job builds, three measure what it has built, one decides over
// them and answers. What is said where a shard is missing is tested in process.
func TestPlatformShards(t *testing.T) {
	const example = "shards.yml"
	files := module("", "gateway: {build: go build -o gateway ., start: 'exec ./gateway -listen 127.0.0.1:$PORT -upstream $UPSTREAM_URL'}\n")
	files[".github/workflows/"+example] = inTurn(exampleText(t, example))
	s := openShop(t, files)
	main := s.head()
	s.hub.AddCommit(main)
	sha := s.branch("topic", map[string]string{"main.go": goTunnel + "// more\n"})
	s.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: sha, BaseSHA: main})
	e := s.start(run{event: "pull_request", file: example, payload: s.pulled(pull, main, sha, s.ours())})
	if !e.ok {
		t.Fatal(e.log)
	}
	for _, name := range []string{"proxy-bench-prepared", "proxy-bench-shard-1-of-3", "proxy-bench-shard-2-of-3", "proxy-bench-shard-3-of-3", "proxy-bench-result"} {
		if e.artifacts[name] == nil {
			t.Errorf("no artifact %s", name)
		}
	}
	if strings.Count(e.log, "building head") != 1 || strings.Count(e.log, "building base") != 1 {
		t.Errorf("head and base were not built once:\n%s", e.log)
	}
	if of := baseOf(t, e); of.SHA != main {
		t.Errorf("compared with %+v, want %s", of, main)
	}
	checks := s.hub.Checks(sha)
	if text := onlyComment(t, s); len(checks) != 1 || checks[0].Conclusion == "failure" || !strings.Contains(text, "3 shards") || strings.Contains(text, "is missing") || strings.Contains(text, "another build") || strings.Contains(text, "different builds") {
		t.Errorf("checks %+v\n%s", checks, text)
	}
	keepExample(t, "shards", onlyComment(t, s))
}
