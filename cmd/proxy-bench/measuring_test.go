//go:build measured

package main

// scriptsAtOnce is for scripts that measure: more would be in each other's way.
const scriptsAtOnce = "2"
