package cli

import (
	"github.com/org/proxy-bench-action/internal/config"
)

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
