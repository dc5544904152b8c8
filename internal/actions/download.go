package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/retry"
)

// Listed is an artifact of the run that can be downloaded.
type Listed struct {
	ID     int64
	Name   string
	Bytes  int64
	digest string
	ids    backendIDs
}

// List lists the artifacts of the run, by name, whichever job and attempt has stored
// them. Of several with one name it has the newest.
func (a *Artifacts) List(ctx context.Context) ([]Listed, error) {
	answer, err := a.call(ctx, "ListArtifacts", serviceRequest{backendIDs: a.ids})
	if err != nil {
		return nil, err
	}
	var all []Listed
	for _, l := range answer.Artifacts {
		all = append(all, Listed{int64(l.ID), l.Name, int64(l.Size), l.Digest, l.backendIDs})
	}
	slices.SortFunc(all, func(a, b Listed) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.ID, a.ID)) })
	return slices.CompactFunc(all, func(a, b Listed) bool { return a.Name == b.Name }), nil
}

// Download writes the zip of an artifact, of at most limit bytes, into a file, and
// compares it with the digest if the service knows one. After an error the content of the
// file is undefined.
func (a *Artifacts) Download(ctx context.Context, l Listed, into *os.File, limit int64) error {
	if err := a.download(ctx, l, into, limit); err != nil {
		return fmt.Errorf("downloading the artifact %q: %w", l.Name, err)
	}
	return nil
}

func (a *Artifacts) download(ctx context.Context, l Listed, into *os.File, limit int64) error {
	if l.Bytes > limit {
		return fmt.Errorf("it has %d bytes, the limit is %d: %w", l.Bytes, limit, retry.ErrTooLarge)
	}
	answer, err := a.call(ctx, "GetSignedArtifactURL", serviceRequest{backendIDs: l.ids, Name: l.Name})
	if err != nil {
		return err
	}
	u, err := webAddress(answer.Signed)
	if err != nil {
		return fmt.Errorf("the service gave %w", err)
	}
	var got string
	err = a.clock.Do(ctx, a.blobLimit, func(ctx context.Context) (err error) {
		got, err = a.get(ctx, answer.Signed, into, limit)
		return err
	})
	if err != nil {
		return fmt.Errorf("GET at %s: %w", u.Host, err)
	}
	if want, ok := strings.CutPrefix(l.digest, "sha256:"); ok && !strings.EqualFold(want, got) {
		return fmt.Errorf("its sha256 is %s, the service has recorded %s: do not use it", got, want)
	}
	return nil
}

// get makes one request to the store, which has all the authority it needs in the
// address, and returns the sha256 of what it has written.
func (a *Artifacts) get(ctx context.Context, address string, into *os.File, limit int64) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", errors.New("the service gave an address that cannot be asked")
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := a.client.Do(req)
	if err != nil {
		return "", &retry.Temporary{Err: retry.WithoutQuery(err)}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", a.refused(req, resp)
	}
	return retry.Save(resp.Body, into, limit)
}
