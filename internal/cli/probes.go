package cli

// probeFlags ask for probes after everything else.
type probeFlags struct {
	Probe *string `setting:"suite.probes" help:"Situations to look at beside the rounds: disconnect, slow-reader, idle." placeholder:"disconnect,idle" group:"Probes, after the rounds"`
}
