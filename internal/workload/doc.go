// Package workload turns the configuration of a realistic load into requests: a
// mix of payloads, sizes and failures, or the requests of a trace. Each has the
// number of the answer that it asks the mock for.
//
// It is pure: equal arguments give equal requests.
package workload
