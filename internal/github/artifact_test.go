package github

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

func TestDownload(t *testing.T) {
	content := bytes.Repeat([]byte("zip of some size. "), 10_000)
	for _, c := range []struct {
		name     string
		artifact fakegithub.Artifact
		fault    fakegithub.Fault
		limit    int
		is       error
		says     string // empty: it comes
		fetches  int
	}{
		{name: "whole", fetches: 1},
		{name: "exactly the limit", limit: len(content), fetches: 1},
		{name: "digest unknown", artifact: fakegithub.Artifact{Digest: fakegithub.NoDigest}, fetches: 1},
		{name: "cut off once", fault: fakegithub.CutOff(fakegithub.StoreOp).For(1), fetches: 2},
		{name: "key too old", fault: fakegithub.Failing(fakegithub.StoreOp, 403).For(1), fetches: 2},
		{name: "store busy", fault: fakegithub.Failing(fakegithub.StoreOp, 503).For(4), fetches: 5},
		{name: "GitHub busy", fault: fakegithub.Failing("actions/download-artifact", 502).For(1), fetches: 1},
		{name: "store broken", fault: fakegithub.Failing(fakegithub.StoreOp, 500), fetches: 5, says: "answered 500"},
		{name: "cut off for ever", fault: fakegithub.CutOff(fakegithub.StoreOp), fetches: 5, says: "breaks off after"},
		{name: "expired", artifact: fakegithub.Artifact{Expired: true}, is: ErrExpired, says: "410 Gone"},
		{name: "unknown", fault: fakegithub.Failing("actions/download-artifact", 404), is: ErrNotFound, says: "404"},
		{name: "may not", fault: fakegithub.Fault{Op: "actions/download-artifact", Status: 403, Message: "Resource not accessible by integration"}, is: ErrReadOnly, says: "permission"},
		{name: "changed since", artifact: fakegithub.Artifact{Digest: "sha256:" + strings.Repeat("0", 64)}, fetches: 1, says: "do not use it"},
		{name: "digest of another kind", artifact: fakegithub.Artifact{Digest: "md5:00"}, says: "only sha256"},
		{name: "too large", limit: len(content) - 1, is: ErrTooLarge, says: "limit is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client, _ := start(t)
			c.artifact.Zip, c.artifact.Name = content, "result"
			c.artifact.Run = server.AddRun(fakegithub.Run{SHA: shaA})
			server.AddArtifact(c.artifact)
			if c.fault.Op != "" {
				server.Inject(c.fault)
			}
			artifacts, err := client.RunArtifacts(t.Context(), c.artifact.Run, "result")
			if err != nil || len(artifacts) != 1 {
				t.Fatalf("got %+v, %v", artifacts, err)
			}
			path := filepath.Join(t.TempDir(), "zip")
			into, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer into.Close()
			into.Write(make([]byte, 2*len(content))) // of something before
			limit := c.limit
			if limit == 0 {
				limit = 1 << 20
			}
			err = client.DownloadArtifact(t.Context(), artifacts[0], into, int64(limit))
			if got := len(server.Requests(fakegithub.StoreOp)); got != c.fetches {
				t.Errorf("fetched %d times, want %d", got, c.fetches)
			}
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) || strings.Contains(err.Error(), "sig=") {
					t.Errorf("got %v, want %q in it", err, c.says)
				}
				return
			}
			if got, readErr := os.ReadFile(path); err != nil || readErr != nil || !bytes.Equal(got, content) {
				t.Errorf("got %d of %d bytes, %v, %v", len(got), len(content), err, readErr)
			}
		})
	}
}

// TestDownloadLies: the size that is announced is not believed.
func TestDownloadLies(t *testing.T) {
	server, client, _ := start(t)
	run := server.AddRun(fakegithub.Run{SHA: shaA})
	id := server.AddArtifact(fakegithub.Artifact{Run: run, Name: "bomb", Zip: make([]byte, 5000)})
	into, err := os.Create(filepath.Join(t.TempDir(), "zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer into.Close()
	err = client.DownloadArtifact(t.Context(), Artifact{ID: id, Name: "bomb", Bytes: 10}, into, 1000)
	if info, _ := into.Stat(); !errors.Is(err, ErrTooLarge) || info.Size() > 1001 {
		t.Errorf("got %v with %d bytes written", err, info.Size())
	}
}

// TestSignedURLIsSecret: its key is not in an error, even if the store cannot be
// reached at all.
func TestSignedURLIsSecret(t *testing.T) {
	server, client, _ := start(t)
	run := server.AddRun(fakegithub.Run{SHA: shaA})
	id := server.AddArtifact(fakegithub.Artifact{Run: run, Name: "a"})
	server.Store.Close()
	into, err := os.Create(filepath.Join(t.TempDir(), "zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer into.Close()
	err = client.DownloadArtifact(t.Context(), Artifact{ID: id, Name: "a"}, into, 1000)
	if err == nil || strings.Contains(err.Error(), "sig") || !strings.Contains(err.Error(), fmt.Sprintf("/artifacts/%d.zip", id)) {
		t.Errorf("got %v", err)
	}
}

// TestOddRedirects: the bytes are fetched from where GitHub says, if it says it
// in a way that can be trusted.
func TestOddRedirects(t *testing.T) {
	for want, c := range map[string]struct {
		status   int
		location string
	}{
		"a redirect is expected": {200, "http://127.0.0.1/x"},
		"a \"\" URL":             {302, ""},
		"\"file\" URL":           {302, "file:///etc/passwd"},
		"\"ftp\" URL":            {302, "ftp://127.0.0.1/x"},
		"301 Moved Permanently":  {301, "http://127.0.0.1/x"},
	} {
		server, client, _ := start(t)
		odd := fakegithub.Failing("actions/download-artifact", c.status)
		if c.location != "" {
			odd.Header = map[string]string{"Location": c.location}
		}
		server.Inject(odd)
		err := client.DownloadArtifact(t.Context(), Artifact{ID: 1, Name: "a"}, nil, 1000)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestRunArtifacts(t *testing.T) {
	server, client, _ := start(t)
	run := server.AddRun(fakegithub.Run{SHA: shaA})
	for i := range 250 {
		server.AddArtifact(fakegithub.Artifact{Run: run, Name: "many", Digest: fmt.Sprint(i)})
	}
	server.AddArtifact(fakegithub.Artifact{Run: run, Name: "a1"})
	server.AddArtifact(fakegithub.Artifact{Run: run, Name: "a1", Expired: true})
	server.AddArtifact(fakegithub.Artifact{Run: run + 1, Name: "a1"})
	all, err := client.RunArtifacts(t.Context(), run, "many")
	if err != nil || len(all) != 250 || all[0].Digest != "249" || all[249].Digest != "0" {
		t.Errorf("got %d, %v", len(all), err)
	}
	some, err := client.RunArtifacts(t.Context(), run, "a1")
	if err != nil || len(some) != 2 || !some[0].Expired || some[1].Expired {
		t.Errorf("got %+v, %v", some, err)
	}
	careless, err := New(Options{APIURL: server.URL, Token: server.Token, Owner: server.Owner, Repo: server.Repo, Transport: unfiltered{}})
	if err != nil {
		t.Fatal(err)
	}
	if some, err := careless.RunArtifacts(t.Context(), run, "a1"); err != nil || len(some) != 2 {
		t.Errorf("without the filter: got %+v, %v", some, err)
	}
	if got := len(server.Requests("actions/list-workflow-run-artifacts")); got != 7 {
		t.Errorf("%d requests", got)
	}
}

func TestDistance(t *testing.T) {
	server, client, _ := start(t)
	commits := history(server, 4)
	aside := fakegithub.SHA("aside")
	server.AddCommit(aside, commits[1])
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{commits[0], commits[3], 3},
		{commits[3], commits[0], noAncestor},
		{commits[2], commits[2], 0},
		{commits[3], aside, noAncestor},
		{shaA, commits[0], noAncestor}, // pushed over
	} {
		s := search{Client: client, query: query(c.to), distances: map[string]int{}}
		if got, err := s.distance(t.Context(), c.from); err != nil || got != c.want {
			t.Errorf("got %d, %v; want %d", got, err, c.want)
		}
	}
}
