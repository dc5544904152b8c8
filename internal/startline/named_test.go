package startline

import (
	"strings"
	"testing"
)

// TestNamedBy: every file that a line can name is found, and a line that names one in a
// way that cannot be read says so.
func TestNamedBy(t *testing.T) {
	repo := files(
		"gw \x7fELF and more", "gw.sh #!/bin/sh", "gw.txt ELF", "args -config conf/b.toml -x", "conf/a.toml", "conf/b.toml", "conf/c.toml",
		"x/gw \x7fELF", "x/conf.yml", "server.mjs", "app.py", "venv/pyvenv.cfg", "venv/bin/gw \x7fELF", "tools/python3 \x7fELF", "env.sh", "a+b",
	)
	for _, tc := range []struct {
		start    string
		env      string // A=value
		paths    string
		why      string // is part of why
		compiled bool
	}{
		{`exec ./gw -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL/v1"`, "", "gw", "", true},
		{"./gw -c conf/a.toml --log=conf/b.toml,conf/c.toml", "", "conf/a.toml conf/b.toml conf/c.toml gw", "", true},
		{"./gw --conf conf", "", "conf gw", "", true},
		{"./gw @conf/a.toml 'a+b'", "", "a+b conf/a.toml gw", "", true},
		{"./gw -fconf/a.toml -d=conf/b.toml", "", "conf/a.toml conf/b.toml gw", "", true},
		{`"$PWD/gw" "$PWD"/conf/a.toml`, "", "conf/a.toml gw", "", true},
		{"cd x && ./gw -c conf.yml", "", "gw x x/conf.yml x/gw", "", true},
		{"cd x && ./gw -c ../conf/a.toml", "", "conf/a.toml gw x x/gw", "", true},
		{"./gw <conf/a.toml 2>&1 | tee log", "", "conf/a.toml gw", "", true},
		{"C=conf/a.toml ./gw", "", "conf/a.toml gw", "", true},
		{"C=conf/a.toml; exec ./gw -c $C", "", "conf/a.toml gw", "", true},
		{"export C=conf; ./gw -c \"$C\"", "", "conf gw", "", true},
		{"cat >$BENCH_DIR/c <<END\ninclude conf/a.toml; # what? *\nEND\n./gw -c $BENCH_DIR/c", "", "conf/a.toml gw", "", true},
		{"if [ -f conf/a.toml ]; then exec ./gw -c conf/a.toml; fi\n./gw", "", "conf/a.toml gw", "", true},
		{"./gw $(cat args)", "", "args conf/b.toml gw", "", true},
		{". ./env.sh && ./gw", "", "env.sh gw", "", true},
		{"./gw & ./gw.sh & wait", "", "gw gw.sh", "", false},
		{"./gw", "A=conf/a.toml:conf/b.toml", "conf/a.toml conf/b.toml gw", "", true},
		{"./gw -c $A", "A=conf/a.toml", "conf/a.toml gw", "", true},
		{"./gw", "A=$PORT_2", "gw", "", true},

		{"./gw.sh", "", "gw.sh", "", false},
		{"./gw.txt", "", "gw.txt", "", false},
		{"node server.mjs", "", "server.mjs", "", false},
		{"python3 app.py", "", "app.py", "", false},
		{"tools/python3 app.py", "", "app.py tools/python3", "", false},
		{"venv/bin/gw", "", "venv/bin/gw", "", false},
		{"nginx -c $PWD/conf/a.toml", "", "conf/a.toml", "", false},
		{"/usr/bin/gw", "", "", "", false},
		{"./gone", "", "", "", false},

		{"./gw 'unfinished", "", "", "the shell would not read it", false},
		{"$GATEWAY", "", "", "known only when it runs", false},
		{"./gw -c $CONFIG", "", "gw", "the value of $CONFIG is known only", true},
		{"./gw -c ${PORT:-conf/a.toml}", "", "conf/a.toml gw", "the value of $PORT", true},
		{"N=a; ./gw -c conf/$N.toml", "", "conf gw", "a name together out of a variable", true},
		{"./gw -c conf/*.toml", "", "conf gw", "a pattern, conf/*.toml", true},
		{"./gw $(ls conf)", "", "conf gw", "what a command in it prints", true},
		{"./gw $(cat gone)", "", "gw", "what a command in it prints", true},
		{"./gw -d .", "", "gw", "the whole repository", true},
		{"./gw --dir=.", "", "gw", "the whole repository", true},
		{"./gw -c ../a.toml", "", "gw", "../a.toml, which is outside", true},
		{`if [ "$ARM" = head ]; then sleep 1; fi; ./gw`, "", "gw", "which of the two gateways it is", true},
		{"./gw", "A=x-${ARM}", "gw", "gateway.env asks which of the two gateways it is", true},
	} {
		env := map[string]string{}
		if name, value, ok := strings.Cut(tc.env, "="); ok {
			env[name] = value
		}
		got := NamedBy(tc.start, env, repo)
		if paths := strings.Join(got.Paths, " "); paths != tc.paths {
			t.Errorf("%q, %s: %q, want %q", tc.start, tc.env, paths, tc.paths)
		}
		if (got.Why == "") != (tc.why == "") || !strings.Contains(got.Why, tc.why) {
			t.Errorf("%q, %s: why is %q, want %q", tc.start, tc.env, got.Why, tc.why)
		}
		if got.Compiled != tc.compiled {
			t.Errorf("%q: compiled %v", tc.start, got.Compiled)
		}
	}
}
