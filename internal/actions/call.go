package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
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
	namedRequest struct { // for DeleteArtifact
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
	err = a.clock.Do(ctx, a.callLimit, func(ctx context.Context) error {
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
		return nil, &retry.Temporary{Err: retry.WithoutQuery(err)}
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return retry.ReadAll(resp.Body, limit)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxMessage)) // a part will do
	said := redact(messageOf(resp, body), append(signatureOf(req.URL), a.token)...)
	err = &StatusError{Status: resp.StatusCode, Message: said}
	if retry.Status(resp.StatusCode) {
		err = &retry.Temporary{Err: err, After: retry.After(resp.Header, a.clock.Time())}
	}
	return nil, err
}

// timestamp is how the service takes a time.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
