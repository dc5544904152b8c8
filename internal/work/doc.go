// Package work says what became of the work of a request from base to head: of
// instructions, allocations and system calls that were counted, not timed. A count
// repeats where a time does not, so a small change is a real one.
//
// What time alone shows, waiting above all, is no work and not in it.
package work
