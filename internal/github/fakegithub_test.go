package github_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// complaints stands in for a test, to see what fails it.
type complaints struct {
	*testing.T
	mu  sync.Mutex
	all []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, fmt.Sprintf(format, args...))
}

// ask sends a request as the token's owner.
func ask(t *testing.T, s *fakegithub.Server, method, path, body string) (int, http.Header, map[string]any) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if len(data) > 0 && data[0] == '{' {
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatal(err)
		}
	}
	return resp.StatusCode, resp.Header, o
}

// TestComplains: what does not fit GitHub's description fails the test.
func TestComplains(t *testing.T) {
	sha := fakegithub.SHA("x")
	for _, c := range []struct{ name, method, path, body, want string }{
		{"unknown path", "GET", "/user", "", "not in GitHub's description"},
		{"unknown method", "PUT", "/repos/octo/shop/pulls/7", "", "not in GitHub's description"},
		{"unknown query", "GET", "/repos/octo/shop/pulls?author=ann", "", `there is no query "author"`},
		{"wrong value in a query", "GET", "/repos/octo/shop/pulls?state=merged", "", "state"},
		{"wrong type in a query", "GET", "/repos/octo/shop/pulls?page=two", "", "page"},
		{"no body", "POST", "/repos/octo/shop/issues/7/comments", "", "body"},
		{"field missing", "POST", "/repos/octo/shop/check-runs", `{"name": "x"}`, "head_sha"},
		{"wrong value", "POST", "/repos/octo/shop/statuses/" + sha, `{"state": "neutral"}`, "state"},
		{"summary too long", "POST", "/repos/octo/shop/check-runs", `{"name": "x", "head_sha": "y", "output": {"title": "t", "summary": "` + strings.Repeat("x", 65536) + `"}}`, "summary"},
		{"too many annotations", "POST", "/repos/octo/shop/check-runs", `{"name": "x", "head_sha": "y", "output": {"title": "t", "summary": "s", "annotations": [` +
			strings.TrimSuffix(strings.Repeat(`{"path": "p", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"},`, 51), ",") + `]}}`, "annotations"},
		{"one it does not know", "DELETE", "/repos/octo/shop/actions/runs/1", "", "does not know operation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := &complaints{T: t}
			s := fakegithub.Start(seen, fakegithub.Config{})
			if status, _, _ := ask(t, s, c.method, c.path, c.body); status < 400 {
				t.Errorf("answered %d", status)
			}
			if len(seen.all) != 1 || !strings.Contains(seen.all[0], c.want) {
				t.Errorf("complaints %q, want one of %q", seen.all, c.want)
			}
		})
	}
}

// TestComplainsOfItself: an answer of its own that does not fit fails the test,
// too.
func TestComplainsOfItself(t *testing.T) {
	type object = map[string]any
	for _, wrong := range []struct {
		status int
		body   object
	}{
		{http.StatusOK, object{"number": "seven"}},
		{http.StatusTeapot - 200, object{}},
		{http.StatusOK, object{"head": object{"sha": 7}}},
	} {
		seen := &complaints{T: t}
		s := fakegithub.Start(seen, fakegithub.Config{})
		s.Replace("pulls/get", wrong.status, wrong.body)
		ask(t, s, "GET", "/repos/octo/shop/pulls/7", "")
		if len(seen.all) != 1 || !strings.Contains(seen.all[0], "its own answer") {
			t.Errorf("%v: complaints %q", wrong, seen.all)
		}
	}
}

// TestEveryAnswer asks for everything that it knows, so that each answer has
// been held against the description once.
func TestEveryAnswer(t *testing.T) {
	s := fakegithub.Start(t, fakegithub.Config{Login: "Ann"})
	parent, sha := fakegithub.SHA("parent"), fakegithub.SHA("child")
	s.AddCommit(parent)
	s.AddCommit(sha, parent)
	s.SetRef("v1", sha)
	s.Release("v1")
	run := s.AddRun(fakegithub.Run{SHA: sha})
	s.AddRun(fakegithub.Run{SHA: sha, Status: "in_progress", HeadRepository: fakegithub.Gone})
	artifact := s.AddArtifact(fakegithub.Artifact{Run: run, Name: "a", Zip: []byte("zip")})
	expired := s.AddArtifact(fakegithub.Artifact{Run: run, Name: "b", Digest: fakegithub.NoDigest, Expired: true})
	s.AddPull(fakegithub.Pull{Number: 7, HeadSHA: sha, BaseSHA: parent, HeadRepository: fakegithub.Gone, Labels: []string{"x"}})
	comment := s.AddComment(fakegithub.Comment{Pull: 7, Author: "app[bot]", Body: "hello"})
	tag, outer := fakegithub.SHA("tag"), fakegithub.SHA("tag of a tag")
	s.AddTag(tag, sha)
	s.AddTag(outer, tag)
	s.AddFile(sha, "cmd/gw.yml", strings.Repeat("x", 100))

	const repo = "/repos/octo/shop"
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "", "", 200},
		{"GET", "/compare/" + parent + "..." + sha, "", 200},
		{"GET", "/compare/" + parent + "..." + fakegithub.SHA("?"), "", 404},
		{"GET", "/compare/v1...v1", "", 200},
		{"GET", "/releases/latest", "", 200},
		{"POST", "/statuses/" + sha, `{"state": "success", "context": "c"}`, 201},
		{"POST", "/statuses/" + sha, `{"state": "success", "description": "` + strings.Repeat("x", 141) + `"}`, 422},
		{"GET", "/actions/workflows/bench.yml/runs?status=success&per_page=1", "", 200},
		{"GET", "/actions/workflows/77/runs", "", 200},
		{"GET", fmt.Sprint("/actions/runs/", run, "/artifacts"), "", 200},
		{"GET", fmt.Sprint("/actions/artifacts/", artifact, "/zip"), "", 302},
		{"GET", fmt.Sprint("/actions/artifacts/", expired, "/zip"), "", 410},
		{"GET", "/issues/7/comments", "", 200},
		{"GET", "/issues/8/comments", "", 404},
		{"POST", "/issues/7/comments", `{"body": "b"}`, 201},
		{"POST", "/issues/7/comments", `{"body": "` + strings.Repeat("x", 65537) + `"}`, 422},
		{"PATCH", fmt.Sprint("/issues/comments/", comment), `{"body": "c"}`, 200},
		{"DELETE", fmt.Sprint("/issues/comments/", comment), "", 204},
		{"DELETE", fmt.Sprint("/issues/comments/", comment), "", 404},
		{"GET", "/contents/cmd%2Fgw.yml?ref=" + sha, "", 200},
		{"GET", "/contents/gw.yml?ref=" + sha, "", 404},
		{"GET", "/git/tags/" + tag, "", 200},
		{"GET", "/git/tags/" + outer, "", 200},
		{"GET", "/git/tags/" + sha, "", 404},
		{"DELETE", "/issues/7/labels/x", "", 200},
		{"DELETE", "/issues/7/labels/x", "", 404},
		{"GET", "/pulls?state=all&head=octo:", "", 200},
		{"GET", "/pulls/7", "", 200},
		{"GET", "/pulls/8", "", 404},
		{"POST", "/check-runs", `{"name": "n", "head_sha": "` + sha + `"}`, 201},
		{"POST", "/check-runs", `{"name": "n", "head_sha": "` + sha + `", "status": "completed"}`, 422},
		{"PATCH", "/check-runs/1", `{"name": "n"}`, 404},
	} {
		if status, _, o := ask(t, s, c.method, repo+c.path, c.body); status != c.status {
			t.Errorf("%s %s: %d, %v; want %d", c.method, c.path, status, o, c.status)
		}
	}
	check := s.Checks(sha)[0]
	if status, _, o := ask(t, s, "PATCH", fmt.Sprint(repo, "/check-runs/", check.ID), `{"status": "completed", "conclusion": "neutral", "output": {"title": "t", "summary": "s"}}`); status != 200 || o["conclusion"] != "neutral" {
		t.Errorf("%d, %v", status, o)
	}
	asked := map[string]bool{}
	for _, r := range s.Requests() {
		asked[r.Op] = true
	}
	for _, op := range fakegithub.Operations() {
		if !asked[op] {
			t.Errorf("%s was not asked for", op)
		}
	}
	if got := s.Comments(7); len(got) != 1 || got[0].Author != "Ann" || got[0].Body != "b" {
		t.Errorf("comments %+v", got)
	}
}

func TestPages(t *testing.T) {
	s := fakegithub.Start(t, fakegithub.Config{})
	s.AddPull(fakegithub.Pull{Number: 7, HeadSHA: fakegithub.SHA("a"), BaseSHA: fakegithub.SHA("b")})
	for range 65 {
		s.AddComment(fakegithub.Comment{Pull: 7, Author: "ann", Body: "x"})
	}
	for path, want := range map[string]string{
		"":                    `page=2>; rel="next"`,
		"?page=2":             `page=3>; rel="last"`,
		"?page=3":             "",
		"?per_page=500":       "",
		"?per_page=64&page=1": `page=2&per_page=64>; rel="next"`,
	} {
		_, header, _ := ask(t, s, "GET", "/repos/octo/shop/issues/7/comments"+path, "")
		if link := header.Get("Link"); !strings.Contains(link, want) || (link == "") != (want == "") {
			t.Errorf("%q: %q", path, link)
		}
	}
}

func TestTokens(t *testing.T) {
	s := fakegithub.Start(t, fakegithub.Config{Token: "secret"})
	if status, _, _ := ask(t, s, "GET", "/repos/octo/shop", ""); status != http.StatusOK {
		t.Errorf("its own token: %d", status)
	}
	resp, err := http.Get(s.URL + "/repos/octo/shop")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("no token: %d", resp.StatusCode)
	}
	seen := s.Requests("repos/get")
	if len(seen) != 2 || seen[0].Authorization != "Bearer secret" || seen[1].Authorization != "" || seen[1].Status != 401 {
		t.Errorf("requests %+v", seen)
	}
}

// TestStore: artifacts lie under URLs that cannot be guessed, and a token sent
// there fails the test.
func TestStore(t *testing.T) {
	seen := &complaints{T: t}
	s := fakegithub.Start(seen, fakegithub.Config{})
	id := s.AddArtifact(fakegithub.Artifact{Run: 1, Name: "a", Zip: []byte("zip")})
	_, header, _ := ask(t, s, "GET", fmt.Sprint("/repos/octo/shop/actions/artifacts/", id, "/zip"), "")
	place := header.Get("Location")
	for url, want := range map[string]int{place: 200, place + "x": 403, strings.Split(place, "?")[0]: 403} {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || want == 200 && string(data) != "zip" {
			t.Errorf("%s: %d, %q", url, resp.StatusCode, data)
		}
	}
	r, _ := http.NewRequest("GET", place, nil)
	r.Header.Set("Authorization", "Bearer x")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 || len(seen.all) != 1 || !strings.Contains(seen.all[0], "Authorization") {
		t.Errorf("%d, %q", resp.StatusCode, seen.all)
	}
}

func TestFaults(t *testing.T) {
	s := fakegithub.Start(t, fakegithub.Config{})
	s.AddPull(fakegithub.Pull{Number: 7, HeadSHA: fakegithub.SHA("a"), BaseSHA: fakegithub.SHA("b")})
	f := fakegithub.Failing("pulls/get", 500).For(2)
	f.After = 1
	s.Inject(f)
	var got []int
	for range 4 {
		status, _, _ := ask(t, s, "GET", "/repos/octo/shop/pulls/7", "")
		got = append(got, status)
	}
	if fmt.Sprint(got) != "[200 500 500 200]" {
		t.Errorf("got %v", got)
	}
	s.Inject(fakegithub.ReadOnly(""))
	late := fakegithub.Failing("issues/create-comment", 502)
	late.Late = true
	read, _, _ := ask(t, s, "GET", "/repos/octo/shop/pulls/7", "")
	write, _, _ := ask(t, s, "POST", "/repos/octo/shop/issues/7/comments", `{"body": "b"}`)
	s.Mend()
	s.Inject(late)
	lost, _, _ := ask(t, s, "POST", "/repos/octo/shop/issues/7/comments", `{"body": "b"}`)
	if read != 200 || write != 403 || lost != 502 || len(s.Comments(7)) != 1 {
		t.Errorf("%d, %d, %d, %+v", read, write, lost, s.Comments(7))
	}
}

// TestListeners: it serves where it is told to, as containers need it.
func TestListeners(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := fakegithub.Start(t, fakegithub.Config{API: l})
	if s.URL != "http://"+l.Addr().String() || s.Store.Addr().String() == l.Addr().String() {
		t.Errorf("at %s and %s", s.URL, s.Store.Addr())
	}
	if status, _, _ := ask(t, s, "GET", "/repos/octo/shop", ""); status != 200 {
		t.Errorf("answered %d", status)
	}
}
