// Package baseline is the archive that main leaves behind for the pull requests
// after it: baseline.json, which holds main's run and a history of the runs
// before it, and the files of the built gateway itself, as bundle/<path>.
//
// Whatever it reads may be broken or hostile: every size is bounded, nothing
// is taken on trust that can be checked, and a file is read whole or not at
// all. It must not know where a file comes from (artifacts, GitHub), when a
// bundle is run, or what a difference means: it returns numbers.
//
// Units are those of package bench: seconds and bytes.
package baseline
