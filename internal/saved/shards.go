package saved

import (
	"io/fs"
	"os"
	"path/filepath"

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
		if err != nil {
			return nil, host.Usage(err)
		}
		if len(found) == 0 {
			return nil, host.Usagef("%s holds no %s: name what gate --shard i/n --out has written", path, record.RunFile)
		}
		files = append(files, found...)
	}
	var all []shard.Named
	seen := map[string]bool{}
	for _, file := range files {
		if file = filepath.Clean(file); seen[file] {
			continue
		}
		seen[file] = true
		b, _, err := baseline.OpenFile(file)
		if err != nil {
			return nil, host.Usage(err)
		}
		all = append(all, shard.Named{Name: file, Run: b.Run})
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
