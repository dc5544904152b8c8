package cli

import "github.com/org/proxy-bench-action/internal/config"

// probeFlags ask for probes after everything else.
type probeFlags struct {
	Probe *string `help:"Situations to look at beside the rounds: disconnect, slow-reader, idle." placeholder:"disconnect,idle" group:"Probes, after the rounds"`
}

func (f probeFlags) overrides() []config.Override {
	return given(flag{f.Probe, "suite.probes", "--probe"})
}
