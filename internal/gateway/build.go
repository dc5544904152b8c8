package gateway

import (
	"context"
	"io"
)

// Build runs a build line to its end. Its output goes to the log and, when out
// is not nil, to out as it comes; a failing out does not fail the build.
//
// The end of ctx kills the whole build, and whatever a finished build leaves
// running (a compiler server) is killed too. Every error is an [*Error].
func Build(ctx context.Context, cmd Command, out io.Writer) error {
	c, err := launch(cmd, job{Tee: out != nil}, out)
	if err != nil {
		return &Error{Step: StepBuild, Reason: err.Error(), Command: cmd, Err: err}
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if err := c.stop(ctx); err != nil {
			return err
		}
		return &Error{
			Step: StepBuild, Reason: "abandoned: " + context.Cause(ctx).Error(),
			Command: cmd, Output: c.lastLines(), Err: context.Cause(ctx),
		}
	}
	if reason, hint := c.ending(); reason != "" {
		return &Error{Step: StepBuild, Reason: reason, Command: cmd, Output: c.lastLines(), Hint: hint}
	}
	return nil
}
