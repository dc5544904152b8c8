// Package behaviour says what a gateway does with requests: which facts the exchanges
// with it show, and which of them are harm. Package changes compares base and head.
//
// A behaviour is true or false of one exchange, or describes it in words. What a gate
// decides by is harm that every exchange with head shows and none with the base.
//
// It is pure: probe makes the exchanges.
package behaviour
