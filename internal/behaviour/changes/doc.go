// Package changes says what became of behaviours from base to head: which harm is new and
// decides, which both have, and what else changed.
//
// It is pure, and knows facts alone: neither the exchanges that they were seen in, nor
// what a gate makes of a change.
package changes
