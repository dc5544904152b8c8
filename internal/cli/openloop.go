package cli

import (
	"time"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/pace"
)

// openFlags ask for an open loop after the closed one.
type openFlags struct {
	Rate     string        `help:"Requests per second to start, whether or not earlier ones have been answered; 0.5knee is half of the knee." placeholder:"500,0.5knee" group:"Open loop, after the rounds"`
	Arrivals string        `help:"When they are due: poisson, as from many users, or constant, at equal distances." enum:"poisson,constant" default:"poisson" group:"Open loop, after the rounds"`
	Window   time.Duration `help:"How long each of the three windows of a rate is." placeholder:"2s" default:"2s" group:"Open loop, after the rounds"`
	Knee     bool          `help:"Search the largest rate at which the p99 stays within a bound; takes up to another time budget." group:"Open loop, after the rounds"`
	KneeP99  time.Duration `name:"knee-p99" help:"That bound; without one, five times the p99 at a tenth of the closed loop's throughput." placeholder:"20ms" group:"Open loop, after the rounds"`
}

// plan is what the flags ask for, but for what the session knows; asked is false
// when they ask for nothing.
func (f openFlags) plan() (p openloop.Settings, asked bool, err error) {
	p = openloop.Settings{Arrivals: pace.Arrivals(f.Arrivals), Window: f.Window, Knee: f.Knee, Bound: f.KneeP99}
	if f.Rate != "" {
		if p.Rates, err = openloop.ParseRates(f.Rate); err != nil {
			return p, false, host.Usagef("--rate: %w", err)
		}
	}
	if err := p.Validate(); err != nil {
		return p, false, host.Usagef("open loop: %w", err)
	}
	return p, len(p.Rates) > 0 || p.Knee, nil
}
