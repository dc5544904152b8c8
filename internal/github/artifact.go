package github

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"
	"github.com/org/proxy-bench-action/internal/retry"
)

// Artifact is a zip that a run has left. go-github v62 has no digest, so it is
// read here.
type Artifact struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Bytes   int64     `json:"size_in_bytes"`
	Digest  string    `json:"digest"` // "sha256:" and 64 hexadecimal digits, empty when unknown
	Expired bool      `json:"expired"`
	Expires time.Time `json:"expires_at"` // zero when unknown
}

// artifactPages bounds a list. "Within an individual job, there is a limit of
// 500 artifacts", https://github.com/actions/upload-artifact; a run has many jobs.
const artifactPages = 50

// RunArtifacts lists what a run has left under a name, the newest first: each
// attempt of a run may have left one.
func (c *Client) RunArtifacts(ctx context.Context, runID int64, name string) ([]Artifact, error) {
	var all []Artifact
	query := url.Values{"per_page": {strconv.Itoa(pageSize)}, "name": {name}}
	err := eachPage(artifactPages, func(page int) (int, error) {
		var list struct{ Artifacts []Artifact }
		query.Set("page", strconv.Itoa(page))
		next, err := c.get(ctx, fmt.Sprintf("actions/runs/%d/artifacts", runID), query, &list)
		for _, a := range list.Artifacts {
			if a.Name == name {
				all = append(all, a)
			}
		}
		return next, err
	})
	slices.SortFunc(all, func(a, b Artifact) int { return cmp.Compare(b.ID, a.ID) })
	return all, failed(fmt.Sprintf("listing the artifacts of run %d", runID), err)
}

// downloadTimeout is for one attempt at an artifact of hundreds of megabytes.
const downloadTimeout = 5 * time.Minute

// DownloadArtifact writes the artifact's zip, of at most limit bytes, and
// compares it with the digest if that is known. One that is gone is an
// [ErrExpired], a longer one an [ErrTooLarge]. After an error, the content of the
// file is undefined.
func (c *Client) DownloadArtifact(ctx context.Context, a Artifact, into *os.File, limit int64) error {
	doing := fmt.Sprintf("downloading artifact %s (%d)", oneLine(a.Name), a.ID)
	if a.Bytes > limit {
		return &Error{Doing: doing, Err: fmt.Errorf("%w: it has %d bytes, the limit is %d", ErrTooLarge, a.Bytes, limit)}
	}
	digest, err := a.sha256()
	if err != nil {
		return &Error{Doing: doing, Err: err}
	}
	var got string
	err = c.clock.Do(ctx, 0, func(ctx context.Context) error {
		// The signed URL is valid for a minute, so each attempt asks for a new one.
		signed, err := c.signedURL(ctx, a.ID)
		if err != nil {
			return err
		}
		if got, err = c.fetch(ctx, signed, into, limit); err != nil && !errors.Is(err, ErrTooLarge) {
			err = &retry.Temporary{Err: err}
		}
		return err
	})
	if err == nil && digest != "" && got != digest {
		err = fmt.Errorf("its sha256 is %s, GitHub has recorded %s: do not use it", got, digest)
	}
	return failed(doing, err)
}

// sha256 is the digest that the artifact must have, empty when none is known.
func (a Artifact) sha256() (string, error) {
	if a.Digest == "" {
		return "", nil
	}
	digest, ok := strings.CutPrefix(a.Digest, "sha256:")
	if raw, err := hex.DecodeString(digest); !ok || err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("its digest is %q, only sha256 is known here", oneLine(a.Digest))
	}
	return strings.ToLower(digest), nil
}

// signedURL asks where the artifact lies.
func (c *Client) signedURL(ctx context.Context, id int64) (*url.URL, error) {
	signed, resp, err := c.api.Actions.DownloadArtifact(ctx, c.owner, c.repo, id, 0)
	if resp != nil && resp.StatusCode != http.StatusFound {
		if err := github.CheckResponse(resp.Response); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("GitHub answered %s where a redirect is expected", resp.Status)
	}
	if err != nil {
		return nil, err
	}
	if signed.Scheme != "https" && signed.Scheme != c.api.BaseURL.Scheme {
		return nil, fmt.Errorf("the artifact lies at a %q URL, which is not fetched", signed.Scheme)
	}
	return signed, nil
}

// fetch makes one attempt and returns the sha256. It goes without our token: the
// store refuses a request that carries one, and is not to learn it.
func (c *Client) fetch(ctx context.Context, signed *url.URL, into *os.File, limit int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, signed.String(), nil)
	if err != nil {
		return "", err
	}
	resp, err := c.plain.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the store %s answered %s", signed.Host, oneLine(resp.Status))
	}
	return retry.Save(resp.Body, into, limit)
}
