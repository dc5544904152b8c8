package baseline

import "github.com/org/proxy-bench-action/internal/bench"

// Version 1 is what the types are now. When they have to change in a way that
// old files do not fit, this file gets a copy of them as they were and turns
// what it reads into the new ones.

func readV1(data []byte) (Baseline, error) { return decode[Baseline](data) }

func readRunV1(data []byte) (bench.Run, error) { return decode[bench.Run](data) }
