// Package proof says how often the gate is right, by whole gate decisions on a real
// machine: each between a gateway and the same one with or without a change. It has the
// rows of the record, what a line of it says, and the table of it. Command proof/cmd makes
// the decisions.
package proof
