// Package openloop measures in an open loop: requests start when they are due,
// whether or not earlier ones have been answered. It reduces what load saw of a
// window, says when its figures are the rig's and not the gateway's, and
// searches for the knee, the largest rate at which the p99 stays within a bound.
//
// It is pure: what drives a window and what tells the time are handed in. It
// must not know how a request is sent, how a gateway is started or how a number
// is printed.
package openloop
