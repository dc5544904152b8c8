package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The exit codes of every command.
const (
	ExitOK           = 0
	ExitRegression   = 1
	ExitUsage        = 2
	ExitFailed       = 3
	ExitInconclusive = 4
	ExitInterrupted  = 130 // 128 + SIGINT, as shells have it
)

// ExitCode is a row of the table of exit codes.
type ExitCode struct {
	Code    int
	Name    string
	Meaning string
}

// ExitCodes lists all that a process can end with.
func ExitCodes() []ExitCode {
	return []ExitCode{
		{ExitOK, "ok", "done; pass, improvement or no baseline"},
		{ExitRegression, "regression", "regression"},
		{ExitUsage, "usage", "wrong usage or configuration"},
		{ExitFailed, "failed", "the gateway, the machine or the platform failed, no scenario could be measured, or `check` found something to change"},
		{ExitInconclusive, "inconclusive", "inconclusive, or no baseline to compare with, if `fail_on` says so"},
		{ExitInterrupted, "interrupted", "interrupted"},
	}
}

// Verdict is the exit code of an outcome: not 0 only for one that failOn names and that
// nobody has accepted. Neither an inconclusive outcome nor one without a baseline says
// anything of the change, so they share a code.
func Verdict(outcome bench.Outcome, failOn []bench.Outcome, accepted bool) int {
	switch {
	case accepted || !slices.Contains(failOn, outcome):
		return ExitOK
	case outcome == bench.Regression:
		return ExitRegression
	case outcome == bench.Inconclusive || outcome == bench.NoBaseline:
		return ExitInconclusive
	default:
		return ExitOK
	}
}

// ExitHelp is the table of exit codes as --help shows it.
func ExitHelp() string {
	var b strings.Builder
	b.WriteString("Exit status:")
	for _, c := range ExitCodes() {
		fmt.Fprintf(&b, "\n  %3d  %s", c.Code, c.Meaning)
	}
	return b.String()
}

// usageError is a mistake of the user's: wrong flags, inputs or configuration.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// Usage marks an error as a mistake of the user's: wrong flags, inputs or
// configuration.
func Usage(err error) error { return &usageError{err} }

// Usagef is [Usage] of a formatted error, which may wrap another with %w.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...)) }

// IsUsage says whether an error is a mistake of the user's.
func IsUsage(err error) bool { return errors.As(err, new(*usageError)) }

// ErrInterrupted ends a command that was told to stop.
var ErrInterrupted = errors.New("interrupted")

// exit ends a command that has already said all there is to say.
type exit struct{ code int }

func (e *exit) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// Exit is the error of a command that has already said why it fails, or nil for
// [ExitOK].
func Exit(code int) error {
	if code == ExitOK {
		return nil
	}
	return &exit{code}
}

// IsExit says whether an error is one of [Exit], so that nothing more is to be
// said.
func IsExit(err error) bool { return errors.As(err, new(*exit)) }

// Status is the exit code that an error leads to.
func Status(err error) int {
	coded := new(exit)
	switch {
	case err == nil:
		return ExitOK
	case IsUsage(err):
		return ExitUsage
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, ErrInterrupted):
		return ExitInterrupted
	}
	return ExitFailed
}
