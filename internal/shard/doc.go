// Package shard spreads a gate over machines and puts it together again: which part a
// shard measures, and one run of the runs of all.
//
// It is pure, and it must not know where a shard's run was kept or what its rounds
// decide.
package shard
