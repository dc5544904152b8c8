// Package callgrind reads what Valgrind's tool callgrind has counted: how many
// instructions each function of a process executed, and which function called which how
// often. The format is in Valgrind's manual, "Callgrind Format Specification".
//
// Names in a profile come from the program that was counted, and may be anything.
//
// It must know nothing of gateways and requests, and opens no files.
package callgrind

// Profile is what a process did between two dumps.
type Profile struct {
	PID int
	// Instructions is the sum over all functions.
	Instructions uint64
	Functions    []Function // in the order in which the file names them
	Calls        []Call     // each pair of functions once
}

// Function is one function, with all levels of a recursion as one.
type Function struct {
	Name   string // an address of Object where that has no symbols
	File   string // of the source; empty where that is not known
	Line   int    // the first of those that have instructions; 0 where that is not known
	Object string // path of the program or library; empty for code that is in no file
	// Instructions are its own, without those of the functions that it calls.
	Instructions uint64
}

// Call is how often a function called another: both are indices of Profile.Functions.
type Call struct {
	From, To int
	Times    uint64
}
