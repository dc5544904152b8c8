package actions

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Artifact is one that the run has.
type Artifact struct {
	ID      int64
	Name    string
	Size    int64  // bytes, of the zip file
	SHA256  string // of the zip file, in hexadecimal; empty when the service does not say
	Created time.Time

	ids backendIDs // of the job that stored it
}

// List lists the artifacts of the run, whichever job stored them, newest first.
func (a *Artifacts) List(ctx context.Context) ([]Artifact, error) {
	list, err := a.list(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("listing the artifacts of the run: %w", err)
	}
	return list, nil
}

func (a *Artifacts) list(ctx context.Context, name string) ([]Artifact, error) {
	var answer listAnswer
	if err := a.call(ctx, "ListArtifacts", listRequest{a.ids, name}, &answer); err != nil {
		return nil, err
	}
	var list []Artifact
	for _, l := range answer.Artifacts {
		if name != "" && l.Name != name { // a stand-in may not filter
			continue
		}
		known := Artifact{ID: int64(l.ID), Name: l.Name, Size: int64(l.Size), Created: l.Created, ids: l.backendIDs}
		if sum, ok := strings.CutPrefix(l.Digest, "sha256:"); ok {
			known.SHA256 = sum
		}
		list = append(list, known)
	}
	slices.SortStableFunc(list, func(x, y Artifact) int { return cmp.Compare(y.ID, x.ID) })
	return list, nil
}

// newest is the newest artifact of that name, or a [NotFoundError].
func (a *Artifacts) newest(ctx context.Context, name string) (Artifact, error) {
	list, err := a.list(ctx, name)
	if err != nil {
		return Artifact{}, err
	}
	if len(list) == 0 {
		return Artifact{}, &NotFoundError{name}
	}
	return list[0], nil
}

// SignedURL returns an address from which the newest artifact of that name can
// be fetched for a short time without a token. It is a secret. Without such an
// artifact the error is a [NotFoundError].
func (a *Artifacts) SignedURL(ctx context.Context, name string) (string, error) {
	_, address, err := a.signedURL(ctx, name)
	if err != nil {
		return "", fmt.Errorf("finding the artifact %q: %w", name, err)
	}
	return address, nil
}

func (a *Artifacts) signedURL(ctx context.Context, name string) (Artifact, string, error) {
	found, err := a.newest(ctx, name)
	if err != nil {
		return Artifact{}, "", err
	}
	var answer signedURLAnswer
	if err := a.call(ctx, "GetSignedArtifactURL", namedRequest{found.ids, name}, &answer); err != nil {
		return Artifact{}, "", err
	}
	if _, err := webAddress(answer.URL); err != nil {
		return Artifact{}, "", fmt.Errorf("GetSignedArtifactURL gave %w", err)
	}
	return found, answer.URL, nil
}

// Download returns the zip file of the newest artifact of that name, checked
// against its digest when the service knows one. It is an error when it has more
// than limit bytes. Without such an artifact the error is a [NotFoundError].
func (a *Artifacts) Download(ctx context.Context, name string, limit int64) ([]byte, error) {
	content, err := a.download(ctx, name, limit)
	if err != nil {
		return nil, fmt.Errorf("downloading the artifact %q: %w", name, err)
	}
	return content, nil
}

func (a *Artifacts) download(ctx context.Context, name string, limit int64) ([]byte, error) {
	found, address, err := a.signedURL(ctx, name)
	if err != nil {
		return nil, err
	}
	var content []byte
	err = a.attempt(ctx, a.blobLimit, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("GetSignedArtifactURL gave %w", err)
		}
		content, err = a.send(req, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(content); found.SHA256 != "" && hex.EncodeToString(sum[:]) != found.SHA256 {
		return nil, fmt.Errorf("its %d bytes have the sha256 %x, the service says %s", len(content), sum, shorten(found.SHA256))
	}
	return content, nil
}

// Delete deletes the newest artifact of that name, or returns a [NotFoundError].
func (a *Artifacts) Delete(ctx context.Context, name string) error {
	if err := a.delete(ctx, name); err != nil {
		return fmt.Errorf("deleting the artifact %q: %w", name, err)
	}
	return nil
}

func (a *Artifacts) delete(ctx context.Context, name string) error {
	found, err := a.newest(ctx, name)
	if err != nil {
		return err
	}
	var answer deleteAnswer
	if err := a.call(ctx, "DeleteArtifact", namedRequest{found.ids, name}, &answer); err != nil {
		return err
	}
	if !answer.OK {
		return fmt.Errorf("DeleteArtifact: the service says that it is not ok")
	}
	return nil
}
