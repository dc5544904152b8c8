package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answerLimit is the most bytes of one answer. The longest that we ask for is a
// page of 100 comments of 64 KiB.
const answerLimit = 16 << 20

// apiTransport sends a request to the API until an answer has come whole, and
// gives up where [attempts] and [patience] end. An answer is read within its
// attempt, so that one that is cut off or never ends is tried again like one
// that never came.
//
// The client's own handling of rate limits is not used: go-github v62 does not
// take 429 for one, and refuses by itself to send what we are ready to wait for.
type apiTransport struct {
	base    http.RoundTripper
	clock   clock
	timeout time.Duration
	origin  string // of the API: a redirect elsewhere must not get the token
	token   string
}

// RoundTrip sends one request, several times if need be.
func (t *apiTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	tries := t.clock.tries()
	for {
		resp, err := t.once(req)
		if req.Context().Err() != nil {
			return nil, req.Context().Err()
		}
		var asked time.Duration
		limit := limitOf(resp, t.clock.now())
		switch {
		case limit != nil:
			asked, err = limit.asked, limit
		case err == nil && resp.StatusCode >= 500 && repeatable(req):
			asked = retryAfter(resp.Header, t.clock.now())
		case err == nil || errors.Is(err, ErrTooLarge) || !repeatable(req):
			return resp, err
		}
		if !tries.again(req.Context(), asked) {
			if err != nil {
				return nil, err
			}
			return resp, nil
		}
	}
}

// once makes one attempt and reads the answer whole.
func (t *apiTransport) once(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
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
	if err == nil {
		err = readWhole(resp)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("no whole answer within %v", t.timeout)
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// readWhole replaces the body by what can be read of it.
func readWhole(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("the answer breaks off after %d bytes: %w", len(body), err)
	}
	if len(body) > answerLimit {
		return fmt.Errorf("the answer has more than %d bytes: %w", answerLimit, ErrTooLarge)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
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
