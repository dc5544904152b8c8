//go:build platform

package actions

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// The tests here are against software of others: the artifact server of act,
// the official client, and Azurite for the store. They need Node.js, and
// npm ci in testdata/artifact.
const peers = "../../testdata/artifact"

// needsPeers ends the test where the peers are not installed.
func needsPeers(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(peers, "node_modules", "@actions", "artifact"))
	}
	if err != nil {
		testenv.Lacks(t, fmt.Sprintf("the official artifact client is not installed: %v", err), "npm ci in testdata/artifact")
	}
}

// node runs one of the scripts, and returns the last line of what it prints.
func node(t *testing.T, env []string, script string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Env = peers, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", script, args, err, out)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return lines[len(lines)-1]
}

// officialClient runs the official client against a service.
func officialClient(t *testing.T, getenv func(string) string, answer any, args ...string) {
	t.Helper()
	env := []string{}
	for _, name := range []string{"ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_URL", "GITHUB_SERVER_URL", "GITHUB_RETENTION_DAYS"} {
		env = append(env, name+"="+getenv(name))
	}
	line := node(t, env, "client.mjs", args...)
	if err := json.Unmarshal(line, answer); err != nil {
		t.Fatalf("the official client says %s: %v", line, err)
	}
}

// start runs a server until the test ends. Its output is in the test's log when
// it fails; ready is called with every line of it.
func start(t *testing.T, cmd *exec.Cmd, ready func(line string)) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	var reader sync.WaitGroup
	reader.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			fmt.Fprintln(&all, lines.Text())
			ready(lines.Text())
		}
	})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		reader.Wait()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", cmd.Path, &all)
		}
	})
}

// actServer starts the artifact server of act and returns its environment and
// directory.
func actServer(t *testing.T) (getenv func(string) string, dir string) {
	t.Helper()
	server := filepath.Join(t.TempDir(), "server")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", server, ".")
	build.Dir = filepath.Join(peers, "server")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the artifact server of act: %v\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	dir = t.TempDir()
	start(t, exec.Command(server, dir, port), func(string) {})
	for wait := time.Millisecond; ; wait *= 2 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			break
		}
		if wait > 5*time.Second {
			t.Fatalf("the artifact server of act does not listen: %v", err)
		}
		time.Sleep(wait)
	}
	return func(name string) string { // act's token has its run number twice
		return map[string]string{
			"ACTIONS_RUNTIME_TOKEN": tokenWith(`{"scp":"Actions.Results:45:45","ac":"[]"}`),
			"ACTIONS_RESULTS_URL":   "http://" + address + "/",
			"GITHUB_SERVER_URL":     "https://github.com",
			"GITHUB_RETENTION_DAYS": "90",
		}[name]
	}, dir
}

// artifactJSON is an artifact as the official client has it.
type artifactJSON struct {
	ID             int64  `json:"id"`
	Name           string `json:"name"`
	Size           int64  `json:"size"`
	Digest         string `json:"digest"`
	DigestMismatch bool   `json:"digestMismatch"`
}

func TestPlatformWithActAndTheOfficialClient(t *testing.T) {
	needsPeers(t)
	getenv, dir := actServer(t)
	a, err := NewArtifacts(getenv, retry.Clock{})
	if err != nil {
		t.Fatal(err)
	}
	files := []record.File{{Name: "run.json", Content: []byte(`{"n": 1}`)}, {Name: "deep/report.html", Content: []byte("<p>é</p>")}}
	data, err := record.Zip(files...)
	if err != nil {
		t.Fatal(err)
	}
	const name = "result of job (1)"
	stored, err := a.Upload(t.Context(), name, data, 30)
	if err != nil {
		t.Fatal(err)
	}
	if onDisk, err := os.ReadFile(filepath.Join(dir, "45", name, name+".zip")); err != nil || !bytes.Equal(onDisk, data) {
		t.Errorf("act stored %d bytes of %d, %v", len(onDisk), len(data), err)
	}
	var theirs struct{ Artifacts []artifactJSON }
	officialClient(t, getenv, &theirs, "list")
	if len(theirs.Artifacts) != 1 || theirs.Artifacts[0].ID != stored.ID || theirs.Artifacts[0].Name != name {
		t.Errorf("the official client lists %+v, we stored %d", theirs.Artifacts, stored.ID)
	}
	out := t.TempDir()
	officialClient(t, getenv, new(artifactJSON), "download", name, out)
	for _, f := range files {
		if read, err := os.ReadFile(filepath.Join(out, f.Name)); err != nil || !bytes.Equal(read, f.Content) {
			t.Errorf("the official client unpacked %s: %q, %v", f.Name, read, err)
		}
	}

	if _, err := a.delete(t.Context(), name); err != nil {
		t.Error(err)
	}
	officialClient(t, getenv, &theirs, "list")
	if len(theirs.Artifacts) != 0 {
		t.Errorf("the official client lists %+v after it was deleted", theirs.Artifacts)
	}
}

// azurite starts Azurite and returns what gives signed addresses of it.
func azurite(t *testing.T) (addresses func(name string) (put, get string)) {
	t.Helper()
	listening := make(chan string, 1)
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	main, err := filepath.Abs(filepath.Join(peers, "node_modules", "azurite", "dist", "src", "blob", "main.js"))
	if err != nil {
		t.Fatal(err)
	}
	// It is older than the interface that the official client asks for.
	cmd := exec.Command("node", main, "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--silent")
	cmd.Dir = t.TempDir()
	start(t, cmd, func(line string) {
		if endpoint := address.FindString(line); endpoint != "" && strings.Contains(line, "successfully") {
			listening <- endpoint
		}
	})
	var endpoint string
	select {
	case endpoint = <-listening:
	case <-time.After(30 * time.Second):
		t.Fatal("Azurite does not listen")
	}
	var mu sync.Mutex
	known := map[string]struct{ Put, Get string }{}
	return func(name string) (put, get string) {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := known[name]; !ok {
			var made struct{ Put, Get string }
			if err := json.Unmarshal(node(t, nil, "store.mjs", endpoint, name+".zip"), &made); err != nil {
				t.Error(err)
			}
			known[name] = made
		}
		return known[name].Put, known[name].Get
	}
}

func TestPlatformWithAzuriteAndTheOfficialClient(t *testing.T) {
	needsPeers(t)
	s := newService(t)
	s.elsewhere = azurite(t)
	a := s.client(nil)
	noise := content(2*blockSize + 12345)
	data, err := record.Zip(record.File{Name: "gateway.tar.gz", Content: noise})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Upload(t.Context(), "ours", data, 0); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	var got artifactJSON
	officialClient(t, s.environ(), &got, "download", "ours", out)
	if got.DigestMismatch || got.Digest != fmt.Sprintf("sha256:%x", sha256.Sum256(data)) || got.Size != int64(len(data)) {
		t.Errorf("the official client got %+v", got)
	}
	if read, err := os.ReadFile(filepath.Join(out, "gateway.tar.gz")); err != nil || !bytes.Equal(read, noise) {
		t.Errorf("the official client unpacked %d bytes of %d, %v", len(read), len(noise), err)
	}
}
