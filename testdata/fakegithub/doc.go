// Package fakegithub is a GitHub to test against: a server on loopback with one
// repository, its runs, artifacts, pull requests, comments, checks and statuses,
// that keeps what it is told and says afterwards what that was.
//
// Every request must fit GitHub's own description of the API, every query has to
// be in it, and so must every answer of the fake: what does not fit fails the
// test. Faults can be put in the way of any operation.
//
// It must know nothing of the client that it tests.
package fakegithub
