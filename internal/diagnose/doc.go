// Package diagnose names the likely causes of what was measured: which of the
// known ways of being slow or broken the head's gateway shows and, where there
// is a base, which of them are new. A diagnosis explains; it has no say in an
// outcome.
//
// Each diagnosis is one file with its name, its texts, what implies it and how it
// is found. To add one, write that file and its line in registry.go; the list in
// the schema of verdict.json and the table in docs/reading.md are generated:
//
//	go test ./internal/diagnose -run Generated -update
//
// A number alone is not repeated: a gateway that is slow in no known way has no
// diagnosis. Nor has one whose fault the mock hides: a stream that arrives in
// one piece from the mock itself shows no buffering.
//
// The thresholds are far from what gateways without faults do on a machine that
// others use, too. Each is written down with what was seen there.
//
// The package is pure. It must not know how rounds were measured, what was
// decided about them, or how a diagnosis is shown.
package diagnose
