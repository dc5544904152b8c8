//go:build !measured

package main

// scriptsAtOnce is for scripts that wait.
const scriptsAtOnce = "5"
