// Package prepared is what one job builds for the shards of a gate: head, and the base
// that was found or built, each as the file of a baseline, with their digests.
//
// It must not know how anything is built or measured, nor where it is kept.
package prepared
