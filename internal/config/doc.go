// Package config turns .proxy-bench.yml and what flags and action inputs say
// into one Config with every value resolved, typed and checked. Later sources
// win: defaults, then the file, then the overrides in their order.
//
// It is strict and reports every mistake at once, each with where it is, what
// was found, what is possible and what to write instead. All errors it returns
// are of type Error.
//
// It is pure, bytes in and values out: it must not know files, the environment,
// flags or how the values are used.
package config
