package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/org/proxy-bench-action/internal/retry"
)

const (
	servicePath = "/twirp/github.actions.results.api.v1.ArtifactService/"
	userAgent   = "proxy-bench-action"
	maxAnswer   = 4 << 20 // bytes: a list of 10,000 artifacts
	maxMessage  = 8 << 10 // bytes of an error's body
)

// serviceRequest is a request to any method of the service, which leaves out what
// the method does not take. Whole numbers are strings, as JSON of protobuf has them.
type serviceRequest struct {
	backendIDs
	Name       string `json:"name,omitempty"`
	NameFilter string `json:"name_filter,omitempty"`
	Expires    string `json:"expires_at,omitempty"`
	Version    int    `json:"version,omitempty"`
	Size       int64  `json:"size,string,omitempty"`
	Hash       string `json:"hash,omitempty"`
}

// call calls one method of the service.
func (a *Artifacts) call(ctx context.Context, method string, request serviceRequest) (answer serviceAnswer, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return answer, err
	}
	err = a.clock.Do(ctx, a.callLimit, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.service+servicePath+method, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+a.token)
		data, err := a.send(req)
		if err != nil {
			return err
		}
		if answer, err = decode(data); err != nil {
			return fmt.Errorf("its answer cannot be read: %s", redact(err.Error(), a.token))
		}
		if !answer.OK && method != "ListArtifacts" && method != "GetSignedArtifactURL" {
			return errors.New("the service says that it is not ok")
		}
		return nil
	})
	if err != nil {
		return answer, fmt.Errorf("%s at %s: %w", method, a.service, err)
	}
	return answer, nil
}

// send makes one request, and returns the body of its answer when the status
// is 2xx. Else the error is a [StatusError].
func (a *Artifacts) send(req *http.Request) ([]byte, error) {
	req.Header.Set("User-Agent", userAgent)
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, &retry.Temporary{Err: retry.WithoutQuery(err)}
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return retry.ReadAll(resp.Body, maxAnswer)
	}
	return nil, a.refused(req, resp)
}

// refused is the error of an answer that says no.
func (a *Artifacts) refused(req *http.Request, resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxMessage)) // a part will do
	said := redact(messageOf(resp, body), append(signatureOf(req.URL), a.token)...)
	var err error = &StatusError{Status: resp.StatusCode, Message: said}
	if retry.Status(resp.StatusCode) {
		err = &retry.Temporary{Err: err, After: retry.After(resp.Header, a.clock.Time())}
	}
	return err
}
