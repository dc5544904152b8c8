package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

// answerLimit is the most bytes of one answer. The longest that we ask for is a
// page of 100 comments of 64 KiB.
const answerLimit = 16 << 20

// apiTransport sends a request to the API until an answer has come whole, and
// gives up as package retry does. An answer is read within its attempt, so that
// one that is cut off or never ends is tried again like one that never came.
//
// The client's own handling of rate limits is not used: go-github v62 does not
// take 429 for one, and refuses by itself to send what we are ready to wait for.
type apiTransport struct {
	base    http.RoundTripper
	clock   retry.Clock
	timeout time.Duration
	origin  string // of the API: a redirect elsewhere must not get the token
	token   string
}

// errBusy is an answer that another attempt may better. The last one counts.
var errBusy = errors.New("GitHub is busy")

// RoundTrip sends one request, several times if need be.
func (t *apiTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	var resp *http.Response
	err := t.clock.Do(req.Context(), t.timeout, func(ctx context.Context) (err error) {
		resp, err = t.once(ctx, req)
		if temporary, ok := errors.AsType[*retry.Temporary](err); ok && !repeatable(req) {
			return temporary.Err
		}
		if err != nil {
			return err
		}
		if limit := limitOf(resp, t.clock.Time()); limit != nil {
			return &retry.Temporary{Err: limit, After: limit.asked}
		}
		if retry.Status(resp.StatusCode) && repeatable(req) {
			return &retry.Temporary{Err: errBusy, After: retry.After(resp.Header, t.clock.Time())}
		}
		return nil
	})
	if err != nil && (!errors.Is(err, errBusy) || req.Context().Err() != nil) {
		return nil, err
	}
	return resp, nil
}

// once makes one attempt and reads the answer whole.
func (t *apiTransport) once(ctx context.Context, req *http.Request) (*http.Response, error) {
	sent := req.Clone(ctx)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		sent.Body = body
	}
	if origin(req.URL) == t.origin {
		sent.Header.Set("Authorization", "Bearer "+t.token)
	}
	resp, err := t.base.RoundTrip(sent)
	if err != nil {
		return nil, &retry.Temporary{Err: err}
	}
	body, err := retry.ReadAll(resp.Body, answerLimit)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// repeats marks the context of a request that may be made twice though its
// method does not say so.
type repeats struct{}

// repeating lets a POST or PATCH be sent again when nobody knows whether it was
// carried out.
func repeating(ctx context.Context) context.Context { return context.WithValue(ctx, repeats{}, true) }

func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodDelete:
		return true
	}
	return req.Context().Value(repeats{}) != nil
}
