package report

import "github.com/org/proxy-bench-action/internal/plain"

const longest = 600

func clean(s string) string            { return plain.Clean(s) }
func brief(s string) string            { return plain.Brief(s) }
func cut(s string, most int) string    { return plain.Cut(s, most) }
func cleanTo(s string, n int) string   { return plain.To(s, n) }
func token(s string) string            { return plain.Token(s) }
func capital(s string) string          { return plain.Capital(s) }
func lastLines(output string) []string { return plain.LastLines(output) }
