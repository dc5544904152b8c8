package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/pace"
)

// Longest is how long a probe of one arm takes at most.
const Longest = 10 * time.Second

// Target is an arm that was just started, with the mock of the probe behind it.
type Target struct {
	Arm  bench.Arm
	Addr string // host:port that requests go to; the mock's own for direct
	Mock Mock
	// Memory is the gateway's resident set now, in bytes; nil for direct.
	Memory func() int64

	API          llmapi.API
	Endpoint     llmapi.Endpoint
	JSON, Stream []byte // bodies of requests for an answer of either mode
}

// Mock is the backend: [mockllm.Process].
type Mock interface {
	Stats(context.Context) (mockllm.Stats, error)
}

// Settings are what a probe needs of the mock.
func Settings(name bench.ProbeName, api llmapi.API) mockllm.Settings {
	s := mockllm.Settings{API: api, Shape: llmapi.DefaultShape(), Seed: 1}
	switch name {
	case bench.ProbeDisconnect:
		s.Shape.Chunks, s.ChunkInterval = pacedChunks, pace.Constant(pacedInterval)
	case bench.ProbeSlowReader:
		s.Shape.Chunks, s.Shape.ChunkBytes = largeChunks/api.TextCopies(), largeChunk
	}
	return s
}

// Run makes one probe of one arm. The mock must have the Settings of the probe,
// and nobody else may use it meanwhile. An error means that the probe could not be
// made: requests failed, or ctx ended.
func Run(ctx context.Context, name bench.ProbeName, t Target) (bench.Probe, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, Longest, fmt.Errorf("it was not over after %v", Longest))
	defer cancel()
	p := bench.Probe{Name: name, Arm: t.Arm}
	var err error
	switch name {
	case bench.ProbeDisconnect:
		p.Disconnect, err = disconnect(ctx, t)
	case bench.ProbeSlowReader:
		p.SlowReader, err = slowReader(ctx, t)
	case bench.ProbeIdle:
		p.Idle, err = idle(ctx, t)
	default:
		err = fmt.Errorf("there is no probe of this name")
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return p, fmt.Errorf("probe %s of %s: %w", name, t.Arm, err)
	}
	return p, nil
}

// sleep waits, unless ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
