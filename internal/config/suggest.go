package config

import "strings"

// meant asks for the candidate that a mistyped word most likely means; when
// none is close it is otherwise.
func meant[T ~string](word string, candidates []T, otherwise string) string {
	best, distance := otherwise, 1+max(1, min(3, len(word)/3))
	for _, c := range candidates {
		if d := edits(strings.ToLower(word), string(c)); d < distance {
			best, distance = "did you mean "+string(c)+"?", d
		}
	}
	return best
}

// edits is the Levenshtein distance in bytes: how many insertions, deletions
// and replacements lead from a to b. Words far longer than b are not compared.
func edits(a, b string) int {
	if len(a) > 2*len(b)+8 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// orList writes "a, b or c".
func orList[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
