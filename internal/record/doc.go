// Package record has the formats of the files that the program writes and reads
// back: run.json, verdict.json, calibration.json and context.json, and the result
// that holds them, as a directory or as an artifact. The archive that carries a
// gateway is package baseline's.
//
// What it reads may be damaged or hostile: every size is bounded, a file is read
// whole or refused, and a run is checked before anyone computes with it. A
// version that was ever written is read for ever. It must not know what a figure
// means, or where a file comes from.
//
// Units are those of package bench: seconds and bytes.
package record
