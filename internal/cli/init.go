package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/scaffold"
)

type initCommand struct {
	DryRun bool `help:"Print what would be written; write and start nothing."`
}

func (initCommand) Help() string {
	return `Run it in the root of a repository. It looks at Cargo.toml, go.mod, package.json,
pyproject.toml or requirements.txt, the Dockerfile and the sources, and writes
.proxy-bench.yml, two workflows (one gates pull requests and leaves baselines of
main, one comments on pull requests from forks) and an entry of .gitignore. Then it
runs check. It never overwrites a file, and asks nothing.

Exit status: 0 ready to measure; 2 not the root of a git repository with sources;
3 something is to be changed.

Examples:
  proxy-bench init
  proxy-bench init --dry-run`
}

// Run guesses, writes, tells and checks.
func (c initCommand) Run(ctx context.Context, w host.World) error {
	if err := inRoot(); err != nil {
		return err
	}
	repo := os.DirFS(".")
	guess := scaffold.Of(repo)
	files := scaffold.Files(repo, guess)
	if c.DryRun {
		for _, f := range files {
			fmt.Fprintln(w.Stdout, f.Preview())
		}
		return text.Write(w.Stdout, scaffold.Document(guess, files, true), style(w, false))
	}
	for _, f := range files {
		if err := put(f); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
	}
	if err := text.Write(w.Stdout, scaffold.Document(guess, files, false), style(w, false)); err != nil {
		return err
	}
	if guess.Start == "" && files[0].Kept == "" {
		fmt.Fprintf(w.Stdout, "\ncomplete gateway.start in %s, then run proxy-bench check\n", files[0].Path)
		return host.Exit(host.ExitFailed)
	}
	fmt.Fprintln(w.Stdout)
	if err := (checkCommand{}).Run(ctx, w); err != nil {
		return err
	}
	_, err := io.WriteString(w.Stdout, commit(files))
	return err
}

// commit is what to do with the files that were written, once the gateway can be measured.
func commit(files []scaffold.File) string {
	var written []string
	for _, f := range files {
		if f.Kept == "" {
			written = append(written, f.Path)
		}
	}
	if len(written) == 0 {
		return ""
	}
	return fmt.Sprintf(`to gate pull requests: git add %s && git commit -m "bench: gate pull requests" && git push
to try a gate here:    change the gateway, then proxy-bench gate --base HEAD --quick
`, strings.Join(written, " "))
}

// inRoot is a mistake of the user's where there is no gateway to set up.
func inRoot() error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		_, err := os.Stat(filepath.Join(dir, ".git"))
		switch {
		case err == nil && dir != here:
			return host.Usagef("this is not the root of the repository: run proxy-bench init in %s", dir)
		case err == nil && scaffold.Empty(os.DirFS(here)):
			return host.Usage(errors.New("the repository is empty: run proxy-bench init where the gateway's sources are"))
		case err == nil:
			return nil
		case dir == filepath.Dir(dir):
			return host.Usage(errors.New("this is no git repository: run proxy-bench init in the root of the gateway's"))
		}
	}
}

// put writes a new file or the end of one, and never what is there.
func put(f scaffold.File) (err error) {
	if f.Kept != "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if f.Append {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	file, err := os.OpenFile(f.Path, flags, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(f.Text)
	return errors.Join(err, file.Close())
}
