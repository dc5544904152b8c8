package count

import (
	"regexp"
	"strings"
)

// allocators are the functions that allocate memory, by how each is called in a profile.
// Those with one name here are one: a call among them is none of its own.
var allocators = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"malloc", regexp.MustCompile(`^(_rjem_|je_|_rjem_je_|mi_|tc_|__libc_|scalloc_)?malloc$`)},
	{"calloc", regexp.MustCompile(`^(_rjem_|je_|_rjem_je_|mi_|tc_|__libc_)?calloc$`)},
	{"realloc", regexp.MustCompile(`^(_rjem_|je_|_rjem_je_|mi_|tc_|__libc_)?realloc$`)},
	{"posix_memalign", regexp.MustCompile(`^(_rjem_|je_|_rjem_je_|mi_|tc_)?(posix_memalign|aligned_alloc|memalign|mallocx|malloc_aligned)$`)},
	{"operator new", regexp.MustCompile(`^operator new(\[\])?\(.*\)$`)},
	{"__rust_alloc", regexp.MustCompile(`(^|::)__(rust|rg|rdl)_alloc(_zeroed)?$`)},
	{"__rust_realloc", regexp.MustCompile(`(^|::)__(rust|rg|rdl)_realloc$`)},
	{"runtime.mallocgc", regexp.MustCompile(`^runtime\.(mallocgc.*|mallocTiny.*)$`)},
	{"swift_allocObject", regexp.MustCompile(`^(swift_allocObject|swift_slowAlloc)$`)},
}

// allocator is the name under which calls of a function are counted as allocations;
// empty for others. Symbols of libraries have a version behind their name.
func allocator(function string) string {
	function, _, _ = strings.Cut(function, "@")
	for _, a := range allocators {
		if a.pattern.MatchString(function) {
			return a.name
		}
	}
	return ""
}
