package actions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

const (
	blockSize = 8 << 20 // bytes; what the official client takes
	// artifactVersion 4 is a zip file; from 7 on there are other types.
	artifactVersion = 4
	// storeVersion is the oldest version of the store's interface that our tests
	// ran against.
	storeVersion = "2023-11-03"
)

// Stored is an artifact that was stored.
type Stored struct {
	ID int64
	// Replaced is true where it took the place of one that another job of the run has
	// stored, or an earlier attempt of this one: to the service they are two jobs.
	Replaced bool
}

// Upload stores a zip file as an artifact of the run. It stays for retention days, no
// more than the repository allows; 0 is what the repository has set. An artifact of that
// name, of whichever job, is deleted first.
func (a *Artifacts) Upload(ctx context.Context, name string, zip []byte, retention int) (Stored, error) {
	stored, err := a.upload(ctx, name, zip, retention)
	if err != nil {
		return Stored{}, fmt.Errorf("uploading the artifact %q: %w", name, err)
	}
	return stored, nil
}

func (a *Artifacts) upload(ctx context.Context, name string, zip []byte, retention int) (stored Stored, err error) {
	if name == "" || strings.ContainsAny(name, "\":<>|*?\r\n\\/") {
		return stored, errors.New(`a name needs letters, and none of " : < > | * ? \ / or ends of lines`)
	}
	if len(zip) == 0 {
		return stored, errors.New("it is empty")
	}
	announced, replaced, err := a.create(ctx, name, retention)
	if err != nil {
		return stored, err
	}
	if err := a.putBlocks(ctx, announced.URL, zip); err != nil {
		return stored, err
	}
	done, err := a.call(ctx, "FinalizeArtifact", serviceRequest{
		backendIDs: a.ids, Name: name, Size: int64(len(zip)), Hash: fmt.Sprintf("sha256:%x", sha256.Sum256(zip)),
	})
	return Stored{int64(done.ID), replaced}, err
}

// create announces the artifact; the answer has the address to put it to. replaced says
// that one of another job had the name.
func (a *Artifacts) create(ctx context.Context, name string, retention int) (answer serviceAnswer, replaced bool, err error) {
	request := serviceRequest{backendIDs: a.ids, Name: name, Version: artifactVersion}
	if retention > 0 {
		if a.retention > 0 {
			retention = min(retention, a.retention)
		}
		request.Expires = a.clock.Time().AddDate(0, 0, retention).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	answer, err = a.call(ctx, "CreateArtifact", request)
	if status, ok := errors.AsType[*StatusError](err); !ok || status.Status != http.StatusConflict {
		return answer, false, err
	}
	err = a.clock.Do(ctx, 0, func(ctx context.Context) (err error) {
		if replaced, err = a.delete(ctx, name); errors.Is(err, errUnlisted) {
			// Another job is storing it. To give up would leave that as if it were the only
			// one.
			err = &retry.Temporary{Err: err, After: unfinishedWait}
		}
		return err
	})
	if err != nil {
		return answer, false, fmt.Errorf("the run has an artifact %q already, and jobs of one run need different names (input key): %w", name, err)
	}
	answer, err = a.call(ctx, "CreateArtifact", request)
	return answer, replaced, err
}

// errUnlisted is for a name that is taken and in no list: its upload is not finished.
var errUnlisted = errors.New("the run lists no artifact of this name")

// unfinishedWait is between two looks for what another job is storing.
const unfinishedWait = 5 * time.Second

// delete deletes the newest artifact of that name, whichever job stored it, and says
// whether that was another one.
func (a *Artifacts) delete(ctx context.Context, name string) (another bool, err error) {
	list, err := a.call(ctx, "ListArtifacts", serviceRequest{backendIDs: a.ids, NameFilter: name})
	if err != nil {
		return false, err
	}
	var newest listedArtifact
	for _, l := range list.Artifacts {
		if l.Name == name && l.ID > newest.ID { // a stand-in for GitHub may not filter
			newest = l
		}
	}
	if newest.ID == 0 {
		return false, errUnlisted
	}
	_, err = a.call(ctx, "DeleteArtifact", serviceRequest{backendIDs: newest.backendIDs, Name: name})
	return newest.Job != a.ids.Job, err
}

// putBlocks stores the content, block by block, and then the list of them that
// makes it a blob. One after the other: some stand-ins for the store append as
// blocks come. A failed block is put again before the next one.
func (a *Artifacts) putBlocks(ctx context.Context, address string, zip []byte) error {
	var list blockList
	blocks := slices.Collect(slices.Chunk(zip, blockSize))
	for i, block := range blocks {
		id := blockID(i)
		list.Latest = append(list.Latest, id)
		err := a.put(ctx, address, "comp=block&blockid="+url.QueryEscape(id), http.Header{
			"Content-Type": {"application/octet-stream"},
		}, block)
		if err != nil {
			return fmt.Errorf("block %d of %d: %w", i+1, len(blocks), err)
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
	}, body)
	if err != nil {
		return fmt.Errorf("the list of %d blocks: %w", len(blocks), err)
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
func (a *Artifacts) put(ctx context.Context, address, query string, header http.Header, body []byte) error {
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
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, target, bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("the service gave %w", err)
		}
		req.Header = header.Clone()
		req.Header.Set("x-ms-version", storeVersion)
		_, err = a.send(req)
		return err
	})
	if err != nil {
		return fmt.Errorf("PUT at %s: %w", u.Host, err)
	}
	return nil
}
