// Package counted words the work of requests that was counted: what changed, where in
// the gateway it went, and what each request costs. Names of functions come from the
// gateway and may be anything, so each is cut and made plain.
package counted
