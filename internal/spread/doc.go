// Package spread is about what the jobs of a gate that is spread over a matrix leave for
// each other in artifacts of their run: the names, and how they are found and read.
//
// It must not know how anything is measured, what the shards decide, or who is answered.
package spread
