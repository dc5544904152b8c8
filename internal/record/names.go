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

// The names inside a baseline artifact.
const (
	BaselineFile = "baseline.json"
	// BundleV1 is the gateway as version 1 of the artifact carried it.
	BundleV1 = "gateway.tar.gz"
)

// MaxFile bounds a file that is read, in bytes: ten times what the default suite
// needs.
const MaxFile = 32 << 20
