package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Git runs git in our working directory and returns what it prints. A repository
// names programs for git to run, so git is run as the gateway's user, too.
func (s *Sandbox) Git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	s.command(cmd)
	return output(cmd, args[0])
}

// TrustedGit runs git before anything of a pull request has run, with the
// credentials that the checkout has left for reaching the server.
func TrustedGit(ctx context.Context, args ...string) (string, error) {
	// The workspace belongs to another user than root, which git finds dubious.
	own := []string{"-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null"}
	return output(exec.CommandContext(ctx, "git", append(own, args...)...), args[0])
}

func output(cmd *exec.Cmd, doing string) (string, error) {
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return "", fmt.Errorf("git %s: %s", doing, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("git %s: %w", doing, err)
	}
	return strings.TrimSpace(string(out)), nil
}
