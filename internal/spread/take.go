package spread

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/workspace"
)

// HandedOver is what another job of the run has built, and where its files lie.
type HandedOver struct {
	prepared.Prepared
	Dir string
}

// Take downloads what was prepared for a commit, verifies it, and restores head in the
// working directory.
func Take(ctx context.Context, client *actions.Artifacts, l actions.Listed, commit, scratch string) (*HandedOver, error) {
	dir, err := os.MkdirTemp(scratch, "prepared-")
	if err != nil {
		return nil, err
	}
	f, size, err := Download(ctx, client, l, filepath.Join(dir, "prepared.zip"), prepared.MaxBytes())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := &HandedOver{Dir: dir}
	if h.Prepared, err = prepared.Read(f, size, dir); err != nil {
		return nil, err
	}
	switch {
	case h.Commit != commit:
		return nil, fmt.Errorf("it is of commit %.12s, and %.12s is checked out here", h.Commit, commit)
	case h.Tool != host.Version():
		return nil, fmt.Errorf("proxy-bench %s has prepared it, and this is %s", h.Tool, host.Version())
	}
	b, archive, err := baseline.OpenFile(filepath.Join(dir, prepared.HeadFile))
	if err != nil {
		return nil, err
	}
	if err := archive.Restore(b, "."); err != nil {
		return nil, err
	}
	return h, handOverBundle(b)
}

// handOverBundle gives the files of a gateway to the owner of the workspace.
func handOverBundle(b baseline.Baseline) error {
	root, err := os.OpenRoot(".")
	if err != nil {
		return err
	}
	defer root.Close()
	var names []string
	for _, f := range b.Bundle.Files {
		for name := f.Path; name != "."; name = path.Dir(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return workspace.HandOver(root, slices.Compact(names))
}

// Download downloads an artifact of this run. The file is open, and to be closed.
func Download(ctx context.Context, client *actions.Artifacts, l actions.Listed, path string, limit int64) (f *os.File, size int64, err error) {
	if f, err = os.Create(path); err != nil {
		return nil, 0, err
	}
	err = client.Download(ctx, l, f, limit)
	if err == nil {
		var info os.FileInfo
		if info, err = f.Stat(); err == nil {
			return f, info.Size(), nil
		}
	}
	return nil, 0, errors.Join(err, f.Close())
}
