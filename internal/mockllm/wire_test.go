package mockllm

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// oldPost is a request of HTTP/1.0.
func oldPost(t *testing.T, mode bench.Mode, head string) []byte {
	b := body(t, llmapi.Chat, mode, 300)
	return append(fmt.Appendf(nil, "POST %s HTTP/1.0\r\n%sContent-Length: %d\r\n\r\n", llmapi.Chat.Path(), head, len(b)), b...)
}

// TestHTTP10: no chunks for a client that does not know them; the end of the
// connection ends a stream, whatever the client asks for.
func TestHTTP10(t *testing.T) {
	addr := serve(t, plain())
	for _, head := range []string{"", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n"} {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			c := dial(t, addr)
			if _, err := c.Write(oldPost(t, mode, head)); err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(c) // to its end, which is the mock's to make
			if err != nil {
				t.Fatal(err)
			}
			got, payload, _ := bytes.Cut(all, []byte("\r\n\r\n"))
			if !bytes.HasPrefix(got, []byte("HTTP/1.1 200 OK\r\n")) || !bytes.Contains(got, []byte("Connection: close")) || bytes.Contains(got, []byte("Transfer-Encoding")) {
				t.Errorf("%s %q: head %q", mode, head, got)
			}
			if mode == bench.SSE {
				checkStream(t, llmapi.Chat, plain().Shape, bytes.NewReader(payload))
			} else if err := checkJSON(llmapi.Chat, plain().Shape, payload); err != nil {
				t.Error(err)
			}
		}
	}
	c := dial(t, addr)
	_, _ = io.WriteString(c, "GET /nothing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
	if all, err := io.ReadAll(c); err != nil || !strings.Contains(string(all), "404 Not Found\r\nConnection: close\r\n") {
		t.Errorf("%q, %v", all, err)
	}
}

// TestUnusualRequests: what the standard allows is answered.
func TestUnusualRequests(t *testing.T) {
	addr := serve(t, plain())
	payload := body(t, llmapi.Chat, bench.JSON, 300)
	for name, head := range map[string]string{
		"absolute form": "POST http://backend.example:8000/v1/chat/completions?a=b HTTP/1.1\r\nHost: m\r\nContent-Length: 300\r\n\r\n",
		"blank lines":   "\r\n\r\nPOST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nContent-Length: 300\r\n\r\n",
		"same lengths":  "POST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nContent-Length: 300, 300\r\n\r\n",
		"two lengths":   "POST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nContent-Length: 300\r\ncontent-length: 300\r\n\r\n",
		"upgrade":       "POST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: 300\r\n\r\n",
		"identity":      "POST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nContent-Encoding: identity\r\nContent-Length: 300\r\n\r\n",
	} {
		c := dial(t, addr)
		r := bufio.NewReader(c)
		for range 2 {
			if _, err := c.Write(append([]byte(head), payload...)); err != nil {
				t.Fatal(err)
			}
			t.Log(name)
			expectJSON(t, r, llmapi.Chat)
		}
	}
	if s := readStats(t, addr); s.Unserved != nil || s.Answers != 12 {
		t.Errorf("%+v", s)
	}
}

// TestCompressed: a body that is compressed is read, and the connection goes on.
func TestCompressed(t *testing.T) {
	addr := serve(t, plain())
	payload := body(t, llmapi.Chat, bench.SSE, 10<<10)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(payload)
	_ = z.Close()
	c := dial(t, addr)
	r := bufio.NewReader(c)
	for range 3 {
		_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: m\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", llmapi.Chat.Path(), packed.Len(), packed.Bytes())
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
			t.Fatalf("%s %v", resp.Status, resp.Header)
		}
		checkStream(t, llmapi.Chat, plain().Shape, resp.Body)
	}
	waitFor(t, addr, Stats{Connections: 1, Requests: 3, Answers: 3, Streams: 3, Open: 1, Whole: 3})
	_ = c.Close()
	waitFor(t, addr, Stats{Connections: 1, Requests: 3, Answers: 3, Streams: 3, Whole: 3})
}

// secure is a client that trusts the mock's certificate alone.
func secure(t *testing.T, ca []byte) *http.Transport {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		t.Fatalf("no certificate in %s", ca)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
}

func protocols(set func(*http.Protocols)) *http.Protocols {
	p := new(http.Protocols)
	set(p)
	return p
}

// TestOtherProtocols: over HTTP/2 and TLS come the same answers with the same
// counters.
func TestOtherProtocols(t *testing.T) {
	for name, c := range map[string]struct {
		scheme string
		speak  func(*http.Protocols)
		proto  string
	}{
		"h2c":          {"http://", func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, "HTTP/2.0"},
		"TLS":          {"https://", func(p *http.Protocols) { p.SetHTTP1(true) }, "HTTP/1.1"},
		"TLS, HTTP/2":  {"https://", func(p *http.Protocols) { p.SetHTTP2(true) }, "HTTP/2.0"},
		"TLS, by name": {"https://localhost:", func(p *http.Protocols) { p.SetHTTP1(true) }, "HTTP/1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			at := serveBoth(t, plain())
			transport := secure(t, at.CA)
			transport.Protocols = protocols(c.speak)
			client := http.Client{Transport: transport, Timeout: 10 * time.Second}
			base := c.scheme + at.Plain.String()
			switch c.scheme {
			case "https://":
				base = c.scheme + at.TLS.String()
			case "https://localhost:":
				base = fmt.Sprint(c.scheme, at.TLS.Port())
			}
			shape := plain().Shape
			for _, mode := range []bench.Mode{bench.JSON, bench.SSE, bench.JSON} {
				before := epoll.Now()
				resp, err := client.Post(base+llmapi.Messages.Path(), "application/json", bytes.NewReader(body(t, llmapi.Messages, mode, 20<<10)))
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != 200 || resp.Proto != c.proto {
					t.Errorf("%s %s", resp.Proto, resp.Status)
				}
				if mode == bench.SSE {
					if sent := checkStream(t, llmapi.Messages, shape, resp.Body); len(sent) != shape.Chunks || sent[0] < before || sent[0] > epoll.Now() {
						t.Errorf("sent at %v", sent)
					}
				} else {
					got, err := io.ReadAll(resp.Body)
					if err == nil {
						err = checkJSON(llmapi.Messages, shape, got)
					}
					if err != nil {
						t.Error(err)
					}
				}
				_ = resp.Body.Close()
			}
			resp, err := client.Get(base + "/v1/v1/models")
			if err != nil || resp.StatusCode != 404 {
				t.Fatalf("%+v, %v", resp, err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			s := readStats(t, at.Plain.String())
			if len(s.Unserved) != 1 || s.Unserved[0].Path != "/v1/v1/models" || s.Written < 5000 {
				t.Errorf("%+v", s)
			}
			want := Stats{Connections: 1, Requests: 4, Answers: 3, Streams: 1, Open: 1, Whole: 1, Unserved: s.Unserved}
			waitFor(t, at.Plain.String(), want)
			client.CloseIdleConnections()
			want.Open = 0
			waitFor(t, at.Plain.String(), want)
		})
	}
}

// TestPaceOfOtherProtocols: delays are kept there too, and a client that leaves
// inside a stream is seen.
func TestPaceOfOtherProtocols(t *testing.T) {
	settings := plain()
	settings.Latency = pace.Constant(30 * time.Millisecond)
	settings.FirstEvent = pace.Constant(20 * time.Millisecond)
	settings.ChunkInterval = pace.Constant(5 * time.Millisecond)
	settings.Shape.Chunks = 5
	at := serveBoth(t, settings)
	transport := secure(t, at.CA)
	transport.Protocols = protocols(func(p *http.Protocols) { p.SetHTTP2(true) })
	client := http.Client{Transport: transport, Timeout: 10 * time.Second}
	url := "https://" + at.TLS.String() + llmapi.Chat.Path()
	for range 2 { // the first opens the connection
		asked := epoll.Now()
		resp, err := client.Post(url, "application/json", bytes.NewReader(body(t, llmapi.Chat, bench.SSE, 300)))
		if err != nil {
			t.Fatal(err)
		}
		head := epoll.Now()
		sent := checkStream(t, llmapi.Chat, settings.Shape, resp.Body)
		_ = resp.Body.Close()
		if after := time.Duration(head - asked); after < 30*time.Millisecond {
			t.Errorf("the head came after %s", after)
		}
		for i, at := range sent { // never earlier than asked for, however late the one before was
			if after, least := time.Duration(at-asked), 50*time.Millisecond+time.Duration(i)*5*time.Millisecond; after < least {
				t.Errorf("chunk %d was sent %s after the request, and not %s", i, after, least)
			}
		}
	}
	resp, err := client.Post(url, "application/json", bytes.NewReader(body(t, llmapi.Chat, bench.SSE, 300)))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	waitFor(t, at.Plain.String(), Stats{Connections: 1, Requests: 3, Answers: 3, Streams: 3, Open: 1, Whole: 2, Cut: 1})
}

// TestUnknownCA: a gateway that does not trust the mock's CA is named.
func TestUnknownCA(t *testing.T) {
	at := serveBoth(t, plain())
	if _, err := http.Get("https://" + at.TLS.String() + "/health"); err == nil {
		t.Fatal("the certificate is trusted by everybody")
	}
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		s := readStats(t, at.Plain.String())
		if len(s.Unserved) == 1 && strings.Contains(s.Unserved[0].Reason, "a TLS handshake that failed: ") {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%+v", s)
		}
	}
}
