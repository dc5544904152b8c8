package actions

import (
	"context"
	"errors"
	"fmt"
)

// Artifact is one that was stored.
type Artifact struct {
	ID     int64
	Name   string
	Size   int64  // bytes, of the zip file
	SHA256 string // of the zip file, in hexadecimal
}

// delete deletes the newest artifact of that name, whichever job stored it.
func (a *Artifacts) delete(ctx context.Context, name string) error {
	var list listAnswer
	if err := a.call(ctx, "ListArtifacts", listRequest{a.ids, name}, &list); err != nil {
		return err
	}
	var newest *listedArtifact
	for i := range list.Artifacts {
		// A stand-in for GitHub may not filter.
		if l := &list.Artifacts[i]; l.Name == name && (newest == nil || l.ID > newest.ID) {
			newest = l
		}
	}
	if newest == nil {
		return fmt.Errorf("the run has no artifact %q", name)
	}
	var answer deleteAnswer
	err := a.call(ctx, "DeleteArtifact", namedRequest{newest.backendIDs, name}, &answer)
	if err == nil && !answer.OK {
		err = errors.New("DeleteArtifact: the service says that it is not ok")
	}
	return err
}
