package diagnose

import (
	"testing"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestMain(m *testing.M) { testenv.MainOfMuchGarbage(m) }
