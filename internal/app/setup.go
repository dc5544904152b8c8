package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
)

// defaultConfig is the configuration's usual name.
const defaultConfig = ".proxy-bench.yml"

// suiteFlags are what every measuring command can override. A flag that was not
// given is nil.
type suiteFlags struct {
	Config string `help:"Configuration file; without one, .proxy-bench.yml if it exists." placeholder:"FILE"`

	Build       *string `help:"Shell line that builds the gateway." placeholder:"LINE" group:"Overrides of the configuration"`
	Start       *string `help:"Shell line that starts it on 127.0.0.1:$$PORT in front of $$UPSTREAM_URL." placeholder:"LINE" group:"Overrides of the configuration"`
	API         *string `name:"api" help:"responses, chat or messages." placeholder:"API" group:"Overrides of the configuration"`
	Modes       *string `help:"json, sse or both." placeholder:"json,sse" group:"Overrides of the configuration"`
	Concurrency *string `help:"Requests in flight." placeholder:"1,10,50" group:"Overrides of the configuration"`
	Body        *string `help:"Sizes of the request body." placeholder:"100B,10KB" group:"Overrides of the configuration"`
	Rounds      *string `help:"Rounds, each with a fresh gateway process; auto: as the time budget allows." placeholder:"N" group:"Overrides of the configuration"`
	TimeBudget  *string `help:"Wall-clock time for all rounds." placeholder:"4m" group:"Overrides of the configuration"`
	Seed        *string `help:"Seed of the order of arms and scenarios." placeholder:"N" group:"Overrides of the configuration"`
	Quick       bool    `help:"30 s of rounds: a first look, with coarser figures." group:"Overrides of the configuration"`
}

// overrides lists what was given, the general before the special.
func (f suiteFlags) overrides() []config.Override {
	flags := given(
		flag{f.Build, "gateway.build", "--build"},
		flag{f.Start, "gateway.start", "--start"},
		flag{f.API, "request.api", "--api"},
		flag{f.Modes, "suite.modes", "--modes"},
		flag{f.Concurrency, "suite.concurrency", "--concurrency"},
		flag{f.Body, "suite.body", "--body"},
		flag{f.Rounds, "measure.rounds", "--rounds"},
		flag{f.TimeBudget, "measure.time_budget", "--time-budget"},
		flag{f.Seed, "measure.seed", "--seed"},
	)
	if f.Quick {
		return append(config.Quick(), flags...)
	}
	return flags
}

// flag is a value of the command line that goes to a path of the configuration.
type flag struct {
	value        *string // nil when it was not given
	path, origin string
}

// given turns the flags that were given into overrides.
func given(flags ...flag) []config.Override {
	var all []config.Override
	for _, f := range flags {
		if f.value != nil {
			all = append(all, config.Override{Path: f.path, Value: *f.value, Origin: f.origin})
		}
	}
	return all
}

// loadConfig reads the configuration. A file that was named must exist.
func loadConfig(purpose config.Purpose, path string, overrides []config.Override) (config.Config, error) {
	name := path
	if name == "" {
		name = defaultConfig
	}
	from := config.Sources{Name: name, Overrides: overrides}
	var err error
	if from.File, err = os.ReadFile(name); err != nil && (path != "" || !errors.Is(err, fs.ErrNotExist)) {
		return config.Config{}, host.Usagef("configuration: %w", err)
	}
	c, err := config.Load(purpose, from)
	if err != nil {
		return config.Config{}, host.Usage(err)
	}
	if c.Gateway.Build == "" {
		c.Gateway.Build = guessBuild(c.Gateway.Start, os.DirFS("."))
	}
	return c, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// programOf is the program that a start line runs, if it is named by a relative
// path, as what was built in a repository is; empty otherwise.
func programOf(start string) string {
	words := strings.Fields(start)
	if len(words) > 0 && words[0] == "exec" {
		words = words[1:]
	}
	if len(words) == 0 || filepath.IsAbs(words[0]) || !strings.Contains(words[0], "/") {
		return ""
	}
	return filepath.Clean(words[0])
}

// guessBuild is the build line of a gateway that says only how it starts: what
// usually makes the program that the start line names, when that is a file which
// cargo or go would bring up to date. Empty: nothing is to be built.
func guessBuild(start string, repository fs.FS) string {
	has := func(path string) bool {
		_, err := fs.Stat(repository, path)
		return err == nil
	}
	switch program := programOf(start); {
	case program == "" || !fs.ValidPath(program):
		return ""
	case strings.HasPrefix(program, "target/release/") && has("Cargo.toml"):
		return "cargo build --locked --release"
	case strings.HasPrefix(program, "target/debug/") && has("Cargo.toml"):
		return "cargo build --locked"
	case has("go.mod") && outdated(repository, program):
		return "go build -o " + filepath.Dir(program) + "/ ./..."
	}
	return ""
}

// outdated is true when a program is not there, or older than some Go source: it
// is of another commit then, whoever built it. One that is newer was built by
// somebody else, perhaps in another way, and is taken as it is.
func outdated(repository fs.FS, program string) bool {
	built, err := fs.Stat(repository, program)
	if err != nil {
		return true
	}
	var older bool
	_ = fs.WalkDir(repository, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir // what cannot be read is not built from, either
		}
		switch name := d.Name(); {
		case d.IsDir() && path != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules"):
			return fs.SkipDir
		case filepath.Ext(name) == ".go" || name == "go.mod" || name == "go.sum":
			info, err := d.Info()
			older = err == nil && info.ModTime().After(built.ModTime())
		}
		if older {
			return fs.SkipAll
		}
		return nil
	})
	return older
}
