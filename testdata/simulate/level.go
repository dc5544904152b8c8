package simulate

// Drift is an Ornstein-Uhlenbeck process.
type Drift struct {
	SD   float64 // stationary, log scale
	Time float64 // constant, seconds
}

// Burst is foreign work that slows everything while it lasts.
type Burst struct {
	Share     float64 // of the time
	Mean      float64 // length, seconds
	Low, High float64 // factor
}

// Level is how noisy a machine and its processes are. All but Burst and AR are
// standard deviations on the log scale.
type Level struct {
	Name            string
	Machine         float64 // between machines, all arms alike
	Residual        float64 // between machines, on the proxied path only: common and per scenario, each
	Process         float64 // of a fresh process, common to its scenarios
	ProcessScenario float64 // of a fresh process, per scenario
	Slow, Fast      Drift
	Slot            float64 // of a slice
	Burst           Burst
	Request, AR     float64 // inside a slice
}

// processLuck is the SD of both parts of a process's luck where it is large, such as
// that of hash seeds and memory layout: the logarithm of head/base then varies by
// 0.10 from process pair to process pair.
const processLuck = 0.05

// Levels are the machines of the tables, from calm to fitted, and one on which
// processes differ more than anything else does.
func Levels() []Level {
	all := []Level{
		{"quiet", .05, .01, .008, .006, Drift{.02, 15}, Drift{.01, .3}, .01, Burst{.01, 1.0, 1.2, 2.0}, .25, .2},
		{"mid", .10, .02, .015, .012, Drift{.03, 15}, Drift{.02, .3}, .02, Burst{.03, 1.0, 1.3, 2.2}, .35, .3},
		{"loaded", .10, .03, .012, .010, Drift{.22, 12}, Drift{.11, .12}, .125, Burst{.03, .4, 1.5, 2.3}, .45, .4},
	}
	return append(all, all[1].lucky("luck"))
}

// lucky is the level with much process luck.
func (l Level) lucky(name string) Level {
	l.Name, l.Process, l.ProcessScenario = name, processLuck, processLuck
	return l
}
