// Package gating decides what a gate measures within its time budget: how much of the
// suite, in one stage or two, and step by step what the verdict asks for next.
//
// It knows rounds, costs and looks, and takes the time as a function. It must not know
// how anything is driven, or what a difference means.
package gating
