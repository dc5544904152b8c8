//go:build platform

package mockllm

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

const (
	nginxStart   = "user root; daemon off; pid DIR/pid; events {} http { access_log off; client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u; scgi_temp_path DIR/s; "
	haproxyStart = "defaults\n mode http\n timeout connect 5s\n timeout client 9s\n timeout server 9s\nfrontend f\n bind 127.0.0.1:PORT\n default_backend b\nbackend b\n"
	caddyStart   = "{\n admin off\n auto_https off\n}\nhttp://127.0.0.1:PORT {\n"
)

// proxies are real ones that speak to a backend what Go's client does not. In
// their configurations PORT, PLAIN, TLS, CA and DIR are replaced.
var proxies = map[string]struct{ config, argv string }{
	"nginx, HTTP/1.0":  {nginxStart + "server { listen 127.0.0.1:PORT; location / { proxy_pass http://PLAIN; proxy_buffering off; } } }", "nginx -e stderr -c"},
	"nginx, TLS":       {nginxStart + "server { listen 127.0.0.1:PORT; location / { proxy_pass https://TLS; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_ssl_trusted_certificate CA; proxy_ssl_verify on; proxy_ssl_name localhost; proxy_buffering off; } } }", "nginx -e stderr -c"},
	"Caddy, h2c":       {caddyStart + " reverse_proxy h2c://PLAIN {\n  flush_interval -1\n }\n}\n", "caddy run --adapter caddyfile --config"},
	"HAProxy, h2c":     {haproxyStart + " server s PLAIN proto h2\n", "haproxy -f"},
	"HAProxy, TLS, h2": {haproxyStart + " server s TLS ssl ca-file CA verify required alpn h2\n", "haproxy -f"},
}

// TestPlatformProxies: real proxies get the answers over every protocol that the
// mock speaks.
func TestPlatformProxies(t *testing.T) {
	for name, p := range proxies {
		t.Run(name, func(t *testing.T) {
			argv := strings.Fields(p.argv)
			needs(t, argv[0])
			at := serveBoth(t, plain())
			front := startProxy(t, at, argv, p.config)
			for range 3 {
				for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
					status, got := get(t, "POST", front, llmapi.Chat.Path(), bytes.NewReader(body(t, llmapi.Chat, mode, 20<<10)))
					if status != 200 {
						t.Fatalf("%s: %d %s", mode, status, got)
					}
					if mode == bench.SSE {
						checkStream(t, llmapi.Chat, plain().Shape, bytes.NewReader(got))
					}
				}
			}
			if s := readStats(t, at.Plain.String()); s.Answers != 6 || s.Whole != 3 || s.Unserved != nil {
				t.Errorf("%+v", s)
			}
		})
	}
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		testenv.Lacks(t, program+" is not installed", "apt-get install nginx caddy haproxy curl python3")
	}
}

// startProxy runs a proxy in front of the mock until the test ends, and returns
// its address.
func startProxy(t *testing.T, at Bound, argv []string, config string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := l.Addr().String()
	_ = l.Close()
	dir := t.TempDir()
	file, ca := filepath.Join(dir, "config"), filepath.Join(dir, "ca.pem")
	config = strings.NewReplacer("PORT", front[len("127.0.0.1:"):], "PLAIN", at.Plain.String(), "TLS", at.TLS.String(), "CA", ca, "DIR", dir).Replace(config)
	if err := os.WriteFile(ca, at.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(argv[0], append(argv[1:], file)...)
	cmd.Env = append(cmd.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		timer := time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s", output.Bytes())
		}
	})
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + front + "/health")
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == 200 {
				return front
			}
		}
		if time.Now().After(until) {
			t.Fatalf("it does not answer: %v", err)
		}
	}
}

// TestPlatformClients: programs that are not in Go read the answers.
func TestPlatformClients(t *testing.T) {
	at := serveBoth(t, plain())
	ca := t.TempDir() + "/ca.pem"
	if err := os.WriteFile(ca, at.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	url := "http://" + at.Plain.String() + "/v1/models"
	for name, argv := range map[string][]string{
		"curl":        {"curl", "-sS", "--noproxy", "*", url},
		"curl 1.0":    {"curl", "-sS", "--noproxy", "*", "--http1.0", url},
		"curl h2c":    {"curl", "-sS", "--noproxy", "*", "--http2", url},
		"curl prior":  {"curl", "-sS", "--noproxy", "*", "--http2-prior-knowledge", url},
		"curl TLS":    {"curl", "-sS", "--noproxy", "*", "--cacert", ca, "https://" + at.TLS.String() + "/v1/models"},
		"http.client": {"python3", "-c", "import http.client, sys; c = http.client.HTTPConnection(sys.argv[1]); c.request('GET', '/v1/models'); print(c.getresponse().read().decode())", at.Plain.String()},
		"urllib TLS":  {"python3", "-c", "import ssl, sys, urllib.request as u; print(u.urlopen(sys.argv[2], context=ssl.create_default_context(cafile=sys.argv[1])).read().decode())", ca, "https://" + at.TLS.String() + "/v1/models"},
	} {
		needs(t, argv[0])
		out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
		switch {
		case err != nil && bytes.Contains(out, []byte("does not support this")):
			t.Logf("%s: %s", name, out)
		case err != nil || !bytes.Contains(out, []byte(`"id":"bench-model"`)):
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
