package saved

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/shard"
)

// Shards reads every run.json that is at or below the paths. A file that cannot be read
// ends it: what it would have said nobody knows.
func Shards(paths []string) ([]shard.Named, error) {
	var files []string
	for _, path := range paths {
		found, err := runFiles(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, host.Usagef("there is no %s: name what gate --shard i/n --out has written", path)
		}
		if err != nil {
			return nil, host.Usage(err)
		}
		if len(found) == 0 {
			return nil, host.Usagef("%s holds no %s: name what gate --shard i/n --out has written", path, record.RunFile)
		}
		for _, file := range found {
			files = append(files, filepath.Clean(file))
		}
	}
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(file string) bool {
		again := seen[file]
		seen[file] = true
		return again
	})
	all, failed := make([]shard.Named, len(files)), make([]error, len(files))
	var reading sync.WaitGroup
	for i, file := range files {
		reading.Go(func() {
			b, _, err := baseline.OpenFile(file)
			all[i], failed[i] = shard.Named{Name: file, Run: b.Run}, err
		})
	}
	reading.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, host.Usage(err)
		}
	}
	return all, nil
}

// runFiles are those at or below a path, in order.
func runFiles(path string) (all []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && d.Name() == record.RunFile {
			all = append(all, name)
		}
		return err
	})
	return all, err
}
