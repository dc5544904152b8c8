package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWrongUsage(t *testing.T) {
	tests := map[string]string{ // arguments: what the message must say
		"":                             "-upstream is missing",
		"-upstream 127.0.0.1:9":        "http://HOST:PORT",
		"-upstream https://h -fault x": "http://HOST:PORT",
		"-upstream http://h extra":     "unexpected argument",
		"-upstream http://h -fault x":  "unknown fault",
		"-upstream http://h -what":     "-what",
		"-upstream http://h -only sse": "add -fault",
		"-upstream http://h -only xml": "MODE[/cN[/SIZE]]",
		"-upstream http://h -only sse -fault delay -fault nagle": "cannot restrict nagle",
		"-upstream http://h -only sse -fault background-burn":    "cannot restrict background-burn",
	}
	for args, want := range tests {
		var stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), &stderr); code != exitUsage {
			t.Errorf("%q: exit code %d, want %d", args, code, exitUsage)
		}
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: message %q does not say %q", args, &stderr, want)
		}
	}
}

func TestHelpListsTheFaults(t *testing.T) {
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"-help"}, &stderr); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
	for _, want := range []string{"-listen", "-upstream", "-fault", "-only", describeFaults(), onlyLimits} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("help does not have %q:\n%s", want, &stderr)
		}
	}
}

func TestTakenPortIsAFailure(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var stderr bytes.Buffer
	args := []string{"-listen", listener.Addr().String(), "-upstream", "http://127.0.0.1:9"}
	if code := run(t.Context(), args, &stderr); code != exitFailed {
		t.Errorf("exit code %d, want %d: %s", code, exitFailed, &stderr)
	}
}

func TestStopWaitsForRequestsButNotForever(t *testing.T) {
	tests := map[string]struct {
		handlerEnds bool
		answered    bool
	}{
		"a request that ends is answered": {true, true},
		"a request that hangs is cut":     {false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				stop()
				if test.handlerEnds {
					time.Sleep(20 * time.Millisecond)
					return
				}
				<-r.Context().Done()
			})
			served := make(chan error, 1)
			go func() { served <- serve(ctx, listener, &gateway{Handler: handler}) }()
			response, err := http.Get("http://" + listener.Addr().String())
			if answered := err == nil; answered != test.answered {
				t.Errorf("answered: %t (%v), want %t", answered, err, test.answered)
			}
			if err == nil {
				response.Body.Close()
			}
			if err := <-served; err != nil {
				t.Errorf("serve: %v", err)
			}
		})
	}
}
