package record

// The files of a result. RunFile alone is enough to decide and to render again,
// but for what ContextFile says of the place it was made at.
const (
	RunFile     = "run.json"
	VerdictFile = "verdict.json"
	ContextFile = "context.json"
	BenchFile   = "bench.txt"
	HTMLFile    = "report.html"
)

// CalibrationFile is what a calibration leaves beside its run.
const CalibrationFile = "calibration.json"

// BaselineFile is what a baseline artifact holds beside the gateway.
const BaselineFile = "baseline.json"

// MaxFile bounds a file that is read, in bytes: twenty times what a gate of the default
// suite needs, since one over several machines has the rounds of all.
const MaxFile = 64 << 20
