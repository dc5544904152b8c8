package cli

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

// overriding heads the flags that win over a setting of the file.
const overriding = "Instead of the configuration's (the default is for where neither says anything)"

// withDefault is the help of a flag with what holds without it.
func withDefault(v *kong.Value) string {
	standard := v.Default
	if v.Tag.Has("setting") {
		standard = config.Default(v.Tag.Get("setting"))
	}
	if standard == "" || v.IsBool() {
		return v.Help
	}
	return strings.TrimSuffix(v.Help, ".") + " (default: " + standard + ")."
}

var noValue = regexp.MustCompile(`^(--[a-z0-9-]+): expected (\S+) value but got "EOL" .*$`)

// reworded is a mistake in the arguments as people say it.
func reworded(err error) string {
	text := noValue.ReplaceAllString(err.Error(), "$1 needs a value: $1=…")
	return strings.ReplaceAll(text, "unexpected argument", "there is no command or argument")
}

// helpCommand is `proxy-bench help`.
type helpCommand struct {
	Command string `arg:"" optional:"" help:"A command, such as gate."`
}

func (helpCommand) Help() string {
	return `The same as --help.

Exit status: 0; 2 for a command that there is not.

Examples:
  proxy-bench help
  proxy-bench help gate`
}

// Run shows.
func (c helpCommand) Run(ctx context.Context, w host.World) error {
	w.Args = []string{"--help"}
	if c.Command != "" {
		w.Args = []string{c.Command, "--help"}
	}
	return command(ctx, w)
}

// versionCommand is `proxy-bench version`.
type versionCommand struct{}

func (versionCommand) Help() string {
	return `That of the release, or the commit that it was built from. The same as --version.

Exit status: 0.

Examples:
  proxy-bench version
  proxy-bench --version`
}

// Run prints.
func (versionCommand) Run(w host.World) error {
	_, err := fmt.Fprintln(w.Stdout, host.Version())
	return err
}
