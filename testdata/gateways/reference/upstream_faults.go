package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"unicode/utf8"
)

// The faults of this file change what the upstream is asked.

// installDouble is shadow traffic, or a hedge that does not wait: everything is asked
// twice, and the first answer thrown away.
func installDouble(g *gateway, _ int64) {
	g.transports = append(g.transports, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			again, err := repeatable(r)
			if err != nil {
				return nil, err
			}
			if response, err := next.RoundTrip(again(context.WithoutCancel(r.Context()))); err == nil {
				go drain(response)
			}
			return next.RoundTrip(again(r.Context()))
		})
	})
}

// installRetry is the client library that asks again by itself.
func installRetry(g *gateway, times int64) {
	g.transports = append(g.transports, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			again, err := repeatable(r)
			if err != nil {
				return nil, err
			}
			for left := times; ; left-- {
				response, err := next.RoundTrip(again(r.Context()))
				if left == 0 || r.Context().Err() != nil || err == nil && !temporary(response.StatusCode) {
					return response, err
				}
				if err == nil {
					drain(response)
				}
			}
		})
	})
}

// temporary is what client libraries take for a status that may pass.
func temporary(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

func drain(response *http.Response) {
	_, _ = io.Copy(io.Discard, response.Body) // nobody wants to hear of an error
	_ = response.Body.Close()
}

// repeatable reads the body of a request, and returns what makes requests like it.
func repeatable(r *http.Request) (again func(context.Context) *http.Request, err error) {
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close() // everything has been read
	}
	return func(ctx context.Context) *http.Request {
		clone := r.Clone(ctx)
		setBody(clone, body)
		return clone
	}, nil
}

// installDropPrompt is the adapter that forgets what it was asked. With a size it is
// the limit of a context that is cut without a word.
func installDropPrompt(g *gateway, bytes int64) {
	g.rewrite(func(request map[string]any) {
		for _, name := range []string{"input", "messages"} {
			if prompt, ok := request[name]; ok {
				request[name] = cutTexts(prompt, int(bytes))
			}
		}
	})
}

// installDropStreamFlag is the adapter that asks for a whole answer whatever the
// client wants.
func installDropStreamFlag(g *gateway, _ int64) {
	g.rewrite(func(request map[string]any) { delete(request, "stream") })
}

// rewrite changes requests that are JSON objects.
func (g *gateway) rewrite(change func(request map[string]any)) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
			return
		}
		var request map[string]any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&request) == nil {
			change(request)
			if changed, err := json.Marshal(request); err == nil {
				body = changed
			}
		}
		setBody(r, body)
		next.ServeHTTP(w, r)
	})
}

// cutTexts leaves that many bytes of each text of a prompt, and the rest as it is.
func cutTexts(prompt any, most int) any {
	switch part := prompt.(type) {
	case string:
		for most > 0 && most < len(part) && !utf8.RuneStart(part[most]) {
			most--
		}
		return part[:min(most, len(part))]
	case []any:
		for i := range part {
			part[i] = cutTexts(part[i], most)
		}
	case map[string]any:
		for _, name := range []string{"content", "text"} {
			if text, ok := part[name]; ok {
				part[name] = cutTexts(text, most)
			}
		}
	}
	return prompt
}
