package saved

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/shard"
)

// Shards reads every run.json that is at or below the paths. Those that are named again
// are read once, and are twice. A file that cannot be read ends it: what it would have
// said nobody knows.
func Shards(paths []string) (shards []shard.Named, twice []string, err error) {
	files, twice, err := shardFiles(paths)
	if err != nil {
		return nil, nil, err
	}
	all, failed := make([]shard.Named, len(files)), make([]error, len(files))
	// No more at a time than there are CPUs: to read a file takes several times its size.
	places, reading := make(chan int), sync.WaitGroup{}
	for range min(len(files), runtime.GOMAXPROCS(0)) {
		reading.Go(func() {
			for i := range places {
				b, _, err := baseline.OpenFile(files[i])
				all[i], failed[i] = shard.Named{Name: files[i], Run: b.Run}, err
			}
		})
	}
	for i := range files {
		places <- i
	}
	close(places)
	reading.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, nil, host.Usage(err)
		}
	}
	return all, twice, nil
}

// shardFiles finds the files, by whatever names, each once.
func shardFiles(paths []string) (files, twice []string, err error) {
	var known []fs.FileInfo
	for _, path := range paths {
		found, err := runFiles(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, host.Usagef("there is no %s: name what gate --shard i/n --out has written", path)
		}
		if err != nil {
			return nil, nil, host.Usage(err)
		}
		if len(found) == 0 {
			return nil, nil, host.Usagef("%s holds no %s: name what gate --shard i/n --out has written", path, record.RunFile)
		}
		for _, file := range found {
			file = filepath.Clean(file)
			info, err := os.Stat(file)
			if err != nil {
				return nil, nil, host.Usage(err)
			}
			if slices.ContainsFunc(known, func(k fs.FileInfo) bool { return os.SameFile(k, info) }) {
				twice = append(twice, file)
				continue
			}
			files, known = append(files, file), append(known, info)
		}
	}
	return files, twice, nil
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
