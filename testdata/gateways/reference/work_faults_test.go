package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkChangesNothing: work beside the requests leaves them and their answers alone.
func TestWorkChangesNothing(t *testing.T) {
	const body = "{\"model\": \"m\",\n \"n\": 12345678901234567890.10}\n"
	const stream = "data: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: [DONE]\n\n"
	upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stream" {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, stream)
			return
		}
		fmt.Fprintf(w, "%s internal %q ", r.Header.Get("Content-Type"), r.Header.Get("X-Internal"))
		echo(w, r)
	})
	for _, fault := range []string{"parse-again", "format-log", "copy-headers", "copy-events", "compile-regexp", "fsync", "open-file"} {
		base := startGateway(t, upstream, fault)
		for path, want := range map[string]string{
			"/":            fmt.Sprintf(`application/json internal "" %d <nil> %s`, len(body), body),
			"/v1/internal": fmt.Sprintf(`application/json internal "" %d <nil> %s`, len(body), body),
			"/stream":      stream,
		} {
			if status, got := send(t, base+path, strings.NewReader(body)); status != http.StatusOK || got != want {
				t.Errorf("%s, %s: %d %q, want %q", fault, path, status, got, want)
			}
		}
		if _, got := send(t, base, strings.NewReader("{no JSON")); !strings.HasSuffix(got, "<nil> {no JSON") {
			t.Errorf("%s: %q", fault, got)
		}
	}
}

// TestFsyncHasAFile that is gone with the process.
func TestFsyncHasAFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	base := startGateway(t, http.HandlerFunc(echo), "fsync")
	send(t, base, strings.NewReader("{}"))
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, fd := range open {
		to, _ := os.Readlink(fd)
		found = found || strings.Contains(to, "journal-") && strings.HasSuffix(to, "(deleted)")
	}
	if !found {
		t.Error("no journal is open")
	}
}
