# What the scripts testdata/gateways/*/install share: each installs the gateway of its
# directory as its registry has it, unmodified, in a fixed version, once.
# Sourced by them. Installed is to ${GATEWAYS_DIR:-~/.cache/proxy-bench-gateways}/NAME/VERSION;
# the start lines find it through the link NAME/installed.
# shellcheck shell=bash
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${GATEWAYS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/proxy-bench-gateways}/${here##*/}

# once VERSION COMMAND... runs a command in an empty directory $cache/VERSION, unless the
# same command with the same files beside it has succeeded there.
once() {
  local dir=$cache/$1 recipe
  shift
  recipe=$(find "$here" -maxdepth 1 -name '*.txt' -o -name 'package*.json' | sort | xargs -r cat | sha256sum)
  recipe="${*//"$here"/.} ${recipe%% *}"
  mkdir -p "$cache"
  ln -sfn "$cache" "$here/installed"
  [[ $(cat "$dir/.installed" 2>/dev/null) != "$recipe" ]] || return 0
  rm -rf "$dir"
  mkdir "$dir"
  (cd "$dir" && "$@") || { echo "$0: not installed: $*" >&2; exit 1; }
  printf '%s' "$recipe" >"$dir/.installed"
}

# venv REQUIREMENT... has pip install packages into a virtual environment.
venv() {
  python3 -m venv . && bin/pip install --quiet --disable-pip-version-check --no-input "$@"
}

# debian PACKAGE PROGRAM has apt install a package, in the version of the distribution.
debian() {
  [[ ! -x $2 ]] || return 0
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}
