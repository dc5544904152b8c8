// Package session is one measurement: it builds gateways, chooses what head is
// compared with, drives all arms in stages, by an open loop and by exchanges, and
// returns a run, the base and a verdict. It also decides saved runs again.
//
// It must know nothing of flags, inputs and GitHub: it is told its configuration,
// a sandbox, a clock and a log.
package session
