package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	blockSize = 8 << 20 // bytes; what the official client takes
	// maxBlocks is the store's limit. A block's id has digits for it.
	maxBlocks = 50_000
	// artifactVersion 4 is a zip file; from 7 on there are other types.
	artifactVersion = 4
	// storeVersion is the oldest version of the store's interface that our tests
	// ran against.
	storeVersion = "2023-11-03"
)

// Upload is an artifact to store.
type Upload struct {
	Name      string // unique in the run
	Content   io.ReaderAt
	Size      int64 // bytes of Content, which is a zip file
	Retention int   // days, no more than the repository has; 0 is what it has
	Overwrite bool  // an artifact of that name, of whichever job, goes away first
}

// Upload stores an artifact. When its name is taken and Overwrite is not set,
// the error is an [ExistsError].
func (a *Artifacts) Upload(ctx context.Context, u Upload) (Artifact, error) {
	stored, err := a.upload(ctx, u)
	if err != nil {
		return Artifact{}, fmt.Errorf("uploading the artifact %q: %w", u.Name, err)
	}
	return stored, nil
}

func (a *Artifacts) upload(ctx context.Context, u Upload) (Artifact, error) {
	if err := u.check(); err != nil {
		return Artifact{}, err
	}
	hash := sha256.New()
	if n, err := io.Copy(hash, io.NewSectionReader(u.Content, 0, u.Size)); err != nil || n != u.Size {
		return Artifact{}, errors.Join(fmt.Errorf("read %d of its %d bytes", n, u.Size), err)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	address, err := a.create(ctx, u)
	if err != nil {
		return Artifact{}, err
	}
	if err := a.putBlocks(ctx, address, u); err != nil {
		return Artifact{}, err
	}
	var done finalizeAnswer
	err = a.call(ctx, "FinalizeArtifact", finalizeRequest{a.ids, u.Name, u.Size, "sha256:" + sum}, &done)
	if err == nil && !done.OK {
		err = errors.New("FinalizeArtifact: the service says that it is not ok")
	}
	if err != nil {
		return Artifact{}, err
	}
	return Artifact{ID: int64(done.ID), Name: u.Name, Size: u.Size, SHA256: sum}, nil
}

func (u Upload) check() error {
	switch {
	case u.Name == "" || strings.ContainsAny(u.Name, "\":<>|*?\r\n\\/"):
		return errors.New(`a name needs letters, and none of " : < > | * ? \ / or ends of lines`)
	case u.Size <= 0 || u.Size > maxBlocks*blockSize:
		return fmt.Errorf("%d bytes, not 1 to %d", u.Size, int64(maxBlocks)*blockSize)
	case u.Retention < 0:
		return fmt.Errorf("retention of %d days", u.Retention)
	}
	return nil
}

// create announces the artifact and returns the address to put it to.
func (a *Artifacts) create(ctx context.Context, u Upload) (string, error) {
	answer, err := a.createOnce(ctx, u)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Status == http.StatusConflict {
		if !u.Overwrite {
			return "", &ExistsError{u.Name}
		}
		if err := a.delete(ctx, u.Name); err != nil {
			return "", fmt.Errorf("%w, but: %w", &ExistsError{u.Name}, err)
		}
		answer, err = a.createOnce(ctx, u)
	}
	if err != nil {
		return "", err
	}
	if !answer.OK {
		return "", errors.New("CreateArtifact: the service says that it is not ok")
	}
	return answer.URL, nil
}

func (a *Artifacts) createOnce(ctx context.Context, u Upload) (answer createAnswer, err error) {
	request := createRequest{backendIDs: a.ids, Name: u.Name, Version: artifactVersion}
	if days := u.Retention; days > 0 {
		if a.retention > 0 {
			days = min(days, a.retention)
		}
		request.Expires = timestamp(a.clock.Time().AddDate(0, 0, days))
	}
	return answer, a.call(ctx, "CreateArtifact", request, &answer)
}

// putBlocks stores the content, block by block, and then the list of them that
// makes it a blob. One after the other: some stand-ins for the store append as
// blocks come. A failed block is put again before the next one.
func (a *Artifacts) putBlocks(ctx context.Context, address string, u Upload) error {
	blocks := int((u.Size + blockSize - 1) / blockSize)
	list := blockList{Latest: make([]string, blocks)}
	for i := range blocks {
		from := int64(i) * blockSize
		list.Latest[i] = blockID(i)
		err := a.put(ctx, address, "comp=block&blockid="+url.QueryEscape(blockID(i)), http.Header{
			"Content-Type": {"application/octet-stream"},
		}, io.NewSectionReader(u.Content, from, min(blockSize, u.Size-from)))
		if err != nil {
			return fmt.Errorf("block %d of %d: %w", i+1, blocks, err)
		}
	}
	body, err := xml.Marshal(list)
	if err != nil {
		return err
	}
	body = append([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`), body...)
	err = a.put(ctx, address, "comp=blocklist", http.Header{
		"Content-Type":           {"application/xml"},
		"X-Ms-Blob-Content-Type": {"application/zip"},
	}, io.NewSectionReader(bytes.NewReader(body), 0, int64(len(body))))
	if err != nil {
		return fmt.Errorf("the list of %d blocks: %w", blocks, err)
	}
	return nil
}

type blockList struct {
	XMLName xml.Name `xml:"BlockList"`
	Latest  []string
}

// blockID is the id of the i-th block: all are equally long, as the store wants
// it, and the same block put again replaces itself.
func blockID(i int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%06d", i))
}

// put makes one request to the store, with query added to a signed address. The
// address stays as it was signed, and has all the authority that is needed.
func (a *Artifacts) put(ctx context.Context, address, query string, header http.Header, body *io.SectionReader) error {
	between := "?"
	if strings.Contains(address, "?") {
		between = "&"
	}
	target := address + between + query
	u, err := webAddress(target)
	if err != nil {
		return fmt.Errorf("the service gave %w", err)
	}
	err = a.clock.Do(ctx, a.blobLimit, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, target, io.NewSectionReader(body, 0, body.Size()))
		if err != nil {
			return fmt.Errorf("the service gave %w", err)
		}
		req.ContentLength = body.Size()
		req.Header = header.Clone()
		req.Header.Set("x-ms-version", storeVersion)
		_, err = a.send(req, maxAnswer)
		return err
	})
	if err != nil {
		return fmt.Errorf("PUT at %s: %w", u.Host, err)
	}
	return nil
}
