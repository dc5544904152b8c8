package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	servicePath = "/twirp/github.actions.results.api.v1.ArtifactService/"
	userAgent   = "proxy-bench-action"
	maxAnswer   = 4 << 20 // bytes: a list of 10,000 artifacts
	maxMessage  = 8 << 10 // bytes of an error's body
)

// The requests of the service. Whole numbers are strings, as JSON of protobuf
// has them.
type (
	createRequest struct {
		backendIDs
		Name    string `json:"name"`
		Expires string `json:"expires_at,omitempty"`
		Version int    `json:"version"`
	}
	finalizeRequest struct {
		backendIDs
		Name string `json:"name"`
		Size int64  `json:"size,string"`
		Hash string `json:"hash"`
	}
	listRequest struct {
		backendIDs
		Name string `json:"name_filter,omitempty"`
	}
	namedRequest struct { // for GetSignedArtifactURL and DeleteArtifact
		backendIDs
		Name string `json:"name"`
	}
)

// call calls one method of the service.
func (a *Artifacts) call(ctx context.Context, method string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	err = a.attempt(ctx, a.callLimit, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.service+servicePath+method, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+a.token)
		data, err := a.send(req, maxAnswer)
		if err != nil {
			return err
		}
		if err := decode(data, answer); err != nil {
			return fmt.Errorf("its answer cannot be read: %s", redact(err.Error(), a.token))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s at %s: %w", method, a.service, err)
	}
	return nil
}

// send makes one request, and returns the body of its answer, limit bytes at
// most, when the status is 2xx. Else the error is a [StatusError].
func (a *Artifacts) send(req *http.Request, limit int64) ([]byte, error) {
	req.Header.Set("User-Agent", userAgent)
	resp, err := a.client.Do(req)
	if err != nil {
		// The address around the error has the signature.
		if outer, ok := errors.AsType[*url.Error](err); ok {
			err = outer.Err
		}
		return nil, &networkError{err}
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxMessage)) // a part will do
		return nil, &StatusError{
			Status:     resp.StatusCode,
			Message:    redact(messageOf(resp, body), append(signatureOf(req.URL), a.token)...),
			RetryAfter: retryAfter(resp.Header, a.now()),
		}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, &networkError{fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)}
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("the answer has more than %d bytes", limit)
	}
	return body, nil
}

// timestamp is how the service takes a time.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
