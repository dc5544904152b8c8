package cli

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestMock: the mock alone serves plain and with TLS, writes whom to trust, and
// prints what it could not serve.
func TestMock(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	ca := filepath.Join(t.TempDir(), "ca.pem")
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- mockLLMCommand{Listen: "127.0.0.1:0", TLS: "127.0.0.1:0", CA: ca}.Run(ctx, host.World{Stdout: in})
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	lines.Scan()
	found := regexp.MustCompile(`^mock LLM backend on (http://\S+) and (https://\S+) \(trust (\S+)\), Ctrl-C to stop$`).FindStringSubmatch(lines.Text())
	if found == nil || found[3] != ca {
		t.Fatalf("it says %q", lines.Text())
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	for _, c := range []struct {
		url    string
		status int
	}{{found[1] + "/health", 200}, {found[2] + "/health", 200}} {
		resp, err := client.Get(c.url)
		if err != nil || resp.StatusCode != c.status {
			t.Fatalf("%s: %+v, %v", c.url, resp, err)
		}
		_ = resp.Body.Close()
	}
	go func() {
		if resp, err := client.Get(found[2] + "/v1/nothing?key=secret"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	lines.Scan()
	if got := lines.Text(); got != "cannot serve GET /v1/nothing (404, once): the mock does not serve this path" {
		t.Errorf("it says %q", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestMockRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		command mockLLMCommand
		says    string
	}{
		"listen":  {mockLLMCommand{Listen: "here"}, "--listen: "},
		"TLS":     {mockLLMCommand{Listen: "127.0.0.1:0", CA: "x", TLS: "there"}, "--listen-tls: "},
		"outside": {mockLLMCommand{Listen: "127.0.0.1:0", CA: "x", TLS: "0.0.0.0:0"}, "not a loopback address"},
		"file":    {mockLLMCommand{Listen: "127.0.0.1:0", CA: t.TempDir(), TLS: "127.0.0.1:0"}, "--ca: "},
	} {
		err := c.command.Run(t.Context(), host.World{Stdout: io.Discard})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		testenv.WantError(t, err, c.says)
	}
}

// TestMockPrintsRequests: with -v each request is a line, also those that come by HTTP/2.
func TestMockPrintsRequests(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		world := host.World{Stdout: in, Now: func() time.Time { return time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC) }}
		ended <- mockLLMCommand{Listen: "127.0.0.1:0", Verbose: true}.Run(ctx, world)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	lines.Scan()
	url := regexp.MustCompile(`http://\S+[0-9]`).FindString(lines.Text())
	for _, c := range []struct{ path, body, want string }{
		{"/v1/chat/completions", `{"stream": true}`, "15:04:05.000 POST /v1/chat/completions (16 bytes, stream): 200 OK"},
		{"/v1/messages", `{}`, "15:04:05.000 POST /v1/messages (2 bytes): 200 OK"},
		{"/v1/messages", `{}`, "15:04:05.000 POST /v1/messages (2 bytes): 200 OK"},
	} {
		go func() {
			resp, err := http.Post(url+c.path, "application/json", strings.NewReader(c.body))
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		}()
		lines.Scan()
		if lines.Text() != c.want {
			t.Errorf("it says %q, want %q", lines.Text(), c.want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
