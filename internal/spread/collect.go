package spread

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/shard"
)

// Collection is what the jobs of a run have left for the one that merges.
type Collection struct {
	Key, RunID   string
	Dir          string        // for files
	WantsGateway bool          // for a baseline
	By           bench.ShardBy // of the shards, where none says it

	Runs []shard.Named
	// Failure is why the first shard that failed did, or the job that was to prepare; nil:
	// none failed.
	Failure  *report.Failure
	Measured bool   // a shard has
	Gateway  string // an archive with head; empty: there is none

	failed []failedShard
}

// GatewayFile is in the artifact of a shard of main: a baseline with the gateway.
const GatewayFile = "baseline.zip"

// failedShard is one that has left a reason in place of rounds.
type failedShard struct {
	name    string
	shard   shard.Spec
	attempt int
	why     report.Failure
}

// Collect downloads and reads what the shards of every attempt have left. What cannot be
// read ends it: to pass it over would decide without a shard that may have found something.
func (c *Collection) Collect(ctx context.Context, client *actions.Artifacts) error {
	all, err := client.List(ctx)
	if err != nil {
		return err
	}
	for i, l := range all {
		read := c.reader(l.Name)
		if read == nil {
			continue
		}
		path := filepath.Join(c.Dir, fmt.Sprintf("shard-%d.zip", i))
		f, size, err := Download(ctx, client, l, path, prepared.MaxBytes())
		if err == nil {
			err = errors.Join(read(f, size), f.Close())
		}
		if err != nil {
			return fmt.Errorf("artifact %s: %w", l.Name, err)
		}
	}
	c.addFailed()
	if len(c.Runs) == 0 && c.Failure == nil {
		return host.Usagef("there is nothing to merge: no job of this run has left an artifact %s-1-of-N; the jobs that this one needs have the input shard, and the same key", Keyed(shardArtifact, c.Key))
	}
	return nil
}

// reader reads an artifact of this name; nil: it is none of the gate's.
func (c *Collection) reader(name string) func(io.ReaderAt, int64) error {
	if name == Keyed(Prepared, c.Key) {
		return c.readPrepared
	}
	spec, attempt, ok := ParseShardName(name, c.Key)
	if !ok {
		return nil
	}
	return func(r io.ReaderAt, size int64) error { return c.readShard(r, size, name, spec, attempt) }
}

// readShard takes the rounds of a shard, or why it has none.
func (c *Collection) readShard(r io.ReaderAt, size int64, name string, spec shard.Spec, attempt int) error {
	var left struct{ Failure *report.Failure }
	run, err := record.ReadResult(r, size, record.MaxFile, &left)
	switch {
	case left.Failure != nil && (err == nil || errors.Is(err, record.ErrNoRun)):
		c.failed = append(c.failed, failedShard{name, spec, attempt, *left.Failure})
		return nil
	case err != nil:
		return err
	case run.Shard == nil || run.Shard.Index != spec.Index || run.Shard.Of != spec.Of || max(run.Shard.Attempt, 1) != attempt:
		return fmt.Errorf("%s in it is of another shard or attempt than its name says", record.RunFile)
	}
	c.Runs, c.By, c.Measured = append(c.Runs, shard.Named{Name: name, Run: run}), run.Shard.By, true
	if !c.WantsGateway || c.Gateway != "" {
		return nil
	}
	return c.keepGateway(r, size)
}

// keepGateway keeps the archive with head that a shard of main has left, if it has.
func (c *Collection) keepGateway(r io.ReaderAt, size int64) error {
	entries, err := record.OpenZip(r, size, 1<<20, func(name string) int64 {
		if name == GatewayFile {
			return baseline.DefaultLimits().Archive()
		}
		return record.Ignored
	})
	if err != nil || entries[GatewayFile] == nil {
		return err
	}
	path := filepath.Join(c.Dir, GatewayFile)
	err = record.ReadEntry(entries[GatewayFile], func(content io.Reader) error {
		f, err := os.Create(path)
		if err == nil {
			_, err = io.Copy(f, content)
			err = errors.Join(err, f.Close())
		}
		return err
	})
	if err == nil {
		c.Gateway = path
	}
	return err
}

// readPrepared takes head as it was built for the shards, or why it was not.
func (c *Collection) readPrepared(r io.ReaderAt, size int64) error {
	var left struct{ Failure *report.Failure }
	if _, err := record.ReadResult(r, size, record.MaxFile, &left); err == nil || left.Failure != nil {
		c.Failure = left.Failure
		return nil
	}
	if !c.WantsGateway {
		return nil
	}
	dir, err := os.MkdirTemp(c.Dir, "prepared-")
	if err == nil {
		_, err = prepared.Read(r, size, dir)
	}
	if err == nil {
		c.Gateway = filepath.Join(dir, prepared.HeadFile)
	}
	return err
}

// addFailed adds the shards that could not measure as runs that are not complete: the
// merge says so of those that no other attempt has measured.
func (c *Collection) addFailed() {
	for _, f := range c.failed {
		why := f.why
		run := bench.Run{Schema: bench.RunSchema, Validity: bench.Validity{Incomplete: why.Step + ": " + why.Message}}
		run.Shard = &bench.Shard{Index: f.shard.Index, Of: f.shard.Of, By: c.By, RunID: c.RunID, Attempt: f.attempt}
		c.Runs = append(c.Runs, shard.Named{Name: f.name, Run: run})
		if c.Failure == nil {
			why.Message = fmt.Sprintf("no shard could measure; shard %v: %s", f.shard, why.Message)
			c.Failure = &why
		}
	}
}
