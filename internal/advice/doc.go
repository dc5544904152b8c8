// Package advice words what to do when a gateway does not answer as expected. Each
// function takes what was seen and returns lines; every line says what was seen and
// names the setting to change, and a caller shows it as it is.
//
// It must not know where it was seen, by a command or in a run, and never gets the
// value of a header.
package advice
