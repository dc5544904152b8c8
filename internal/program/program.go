// Package program says whether base and head are the same program: started alike, and
// with equal files wherever the start line, its environment and the bundle name some.
// Programs of the machine are equal: both run them here.
//
// To say so wrongly would hide a regression, and to doubt it costs minutes. So whatever
// is not certain counts as a difference. It must not know what follows from it.
package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/startline"
)

// Sides are a base and a head, both built; head in the working directory.
type Sides struct {
	Base, Head bench.Recipe
	BaseDir    string             // where base runs
	BaseCommit string             // empty where that is not known
	Unpacked   *baseline.Manifest // of the bundle that base has run from; nil: it was built in BaseDir
	// Carried is what a baseline with head would hold; CarriedWhy says why that may not
	// be all that it runs.
	Carried    []string
	CarriedWhy string
	Config     string // path of the configuration, relative to the working directory
	// Git runs git in the working directory.
	Git func(ctx context.Context, args ...string) (string, error)
}

// inspection is the search for a difference.
type inspection struct {
	Sides
	named    startline.Named
	paths    []string        // what is compared
	compared map[string]bool // the files that were
}

// Difference says how base and head differ, or may; empty: they are the same program.
func Difference(ctx context.Context, s Sides) string {
	i := inspection{Sides: s, compared: map[string]bool{}}
	i.Config = filepath.Clean(i.Config)
	for _, differs := range []func() string{
		i.recipes,
		i.names,
		i.files,
		func() string { return i.others(ctx) },
	} {
		if how := differs(); how != "" {
			how, _, _ = strings.Cut(how, "\n")
			return how
		}
	}
	return ""
}

// rebuilt is true of a base that was built here. It has not shown that it runs from
// the files of a bundle alone.
func (i *inspection) rebuilt() bool { return i.Unpacked == nil }

func (i *inspection) recipes() string {
	how := recipeDifference(i.Base, i.Head)
	if how == "" && i.rebuilt() && i.Base.Build != i.Head.Build {
		how = "the build lines differ"
	}
	return how
}

// names finds out what is to be compared, and whether that is all that counts.
func (i *inspection) names() string {
	base := startline.NamedBy(i.Base.Start, i.Base.Env, os.DirFS(i.BaseDir))
	i.named = startline.NamedBy(i.Head.Start, i.Head.Env, os.DirFS("."))
	for _, why := range []string{i.named.Why, base.Why} {
		if why != "" {
			return "of the start line, " + why
		}
	}
	if i.rebuilt() && i.CarriedWhy != "" && len(i.Head.Bundle) == 0 {
		return i.CarriedWhy
	}
	i.paths = slices.Concat(i.Carried, i.Base.Bundle, i.named.Paths, base.Paths)
	if len(i.paths) == 0 {
		return "no file of the repository is known to be run"
	}
	return ""
}

func (i *inspection) files() string {
	limit := baseline.DefaultLimits().Bundle
	var base baseline.Manifest
	var err error
	if !i.rebuilt() {
		base = *i.Unpacked
	} else if base, err = baseline.Inspect(i.BaseDir, i.paths, limit, ""); err != nil {
		return "base's files: " + err.Error()
	}
	// A file that names the directory of its build is another one only if it says
	// something else about it.
	head, err := baseline.Inspect(".", i.paths, limit, base.Origin)
	if err != nil {
		return "head's files: " + err.Error()
	}
	for _, f := range head.Files {
		i.compared[f.Path] = true
	}
	return base.Difference(head)
}

// others looks at what else has changed in the repository. Where a compiled gateway has
// run from its bundle, neither its sources matter nor what is outside of the working
// directory.
func (i *inspection) others(ctx context.Context) string {
	compiled := i.named.Compiled && !i.rebuilt()
	prefix, err := i.Git(ctx, "rev-parse", "--show-prefix")
	git := err == nil
	var changed []string
	if git {
		if changed, err = i.changed(ctx, prefix, compiled); err != nil {
			return "it is not known what has changed since base's commit: " + err.Error()
		}
	} else if !compiled {
		return "outside of a git repository nothing shows what else has changed"
	}
	equal := func(file string) bool {
		return i.compared[file] || file == i.Config && (compiled || i.rebuilt()) // all that counts of it was compared
	}
	if file := mayBeRead(changed, compiled, equal); file != "" {
		return file + " has changed, and the gateway may read it"
	}
	mine := func(file string) bool { return i.compared[file] || file == i.Config }
	if file := mayBeRead(i.unasked(ctx, git), compiled, mine); file != "" {
		return file + " is head's alone, and the gateway may read it"
	}
	return ""
}

var commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// changed lists the files that differ from those of base's commit, relative to the
// working directory, which is prefix in its repository. Those outside of it, if they are
// wanted, begin with a slash.
func (i *inspection) changed(ctx context.Context, prefix string, inside bool) (files []string, err error) {
	if !commitID.MatchString(i.BaseCommit) {
		return nil, errors.New("it is of no commit")
	}
	here, err := i.Git(ctx, "ls-tree", "-z", "--name-only", "HEAD", "./")
	if err == nil && here == "" { // where git ignores the whole directory it sees no change
		err = errors.New("no commit has a file of this directory")
	}
	if err != nil {
		return nil, err
	}
	out, err := i.Git(ctx, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none", "-z", i.BaseCommit, "--")
	for _, file := range lines(out) {
		switch below, is := strings.CutPrefix(file, prefix); {
		case is:
			files = append(files, below)
		case !inside:
			files = append(files, "/"+file)
		}
	}
	return files, err
}

// unasked lists files beside the running gateway that it may look for without being
// told to. In a git repository only those that no commit holds: others were looked at.
func (i *inspection) unasked(ctx context.Context, git bool) []string {
	entries, err := os.ReadDir(i.named.Dir)
	if err != nil {
		return []string{i.named.Dir}
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	files := unaskedFor(i.named.Dir, names)
	if !git || len(files) == 0 {
		return files
	}
	out, err := i.Git(ctx, "ls-tree", "-z", "--name-only", "HEAD", i.named.Dir+"/")
	if err != nil {
		return files
	}
	tracked := lines(out)
	return slices.DeleteFunc(files, func(file string) bool { return slices.Contains(tracked, file) })
}

// lines are those of git's output with -z.
func lines(out string) []string {
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 })
}
