// Package workload turns what is configured of a realistic load into requests:
// a mix of payloads, sizes and failures, or the requests of a trace, each with
// the number of the answer that it asks the mock for.
//
// It is pure: equal arguments give equal requests, and it reads a trace from
// whatever it is handed.
package workload
