#!/usr/bin/env bash
# Builds everything and runs every test. On a fresh machine it needs the .NET 10 SDK and root (or sudo); what else the tests
# talk to (mosquitto, PostgreSQL, a mail server, a browser, a file system that loses what was not flushed, a clock that jumps) it installs from Debian's packages.
#   bash test.sh                 everything
#   bash test.sh Core.Tests …    only these projects of tests/
# The last line is: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '\n== %s\n' "$*"; }

install_packages() {
  local wanted=(mosquitto mosquitto-clients postgresql python3-paho-mqtt python3-aiosmtpd exim4-daemon-light chromium openssl fuse3 libfuse3-dev faketime gcc libc6-dev pkg-config) missing=()
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null || {
    echo "These Debian packages could not be installed: ${missing[*]}" >&2
    return 1
  }
}

# Of npm's packages the tests need one client library. It goes into a build folder, not into the tree.
install_node_packages() {
  local folder=tests/Interop/bin/npm
  local missing=()
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || return 1
  fi
  [ -d "$folder/node_modules/mqtt" ] && return 0
  say "npm install mqtt"
  mkdir -p "$folder" && npm install --prefix "$folder" --no-audit --no-fund --no-save --loglevel=error mqtt@5 >/dev/null || {
    echo "npm's mqtt could not be installed; the tests that need it will say so." >&2
    return 0
  }
}

install_node_packages || { echo "nodejs and npm could not be installed." >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
install_packages || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

say "building"
# One compiler builds all projects, in a fraction of the time of one each; where none is to stay, it goes when they are built.
dotnet build B2D.sln -c Release -v quiet -p:UseSharedCompilation=true
built=$?
[ "${UseSharedCompilation:-}" = false ] && dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1
[ $built -eq 0 ] || { echo "The build failed." >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
say "built after $SECONDS s"

if [ $# -gt 0 ]; then projects=("$@"); else
  projects=(Simulation Interop Console.Tests Acceptance Storage.Tests Core.Tests Mqtt.Tests ProactiveWorker.Tests DeviceGateway.Tests Host.Tests FirmwareSim.Tests Bus.Tests Tidy)
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
TIMEFORMAT='%R s, %U s of processor'

# Runs the tests of one project, or those of them that a filter (PROJECT/FILTER) leaves, and prints all that they said in one piece.
run() {
  local project=${1%%/*} filter=() log=$logs/${1/\//,}
  [ "$project" = "$1" ] || filter=(--filter "${1#*/}")
  { time dotnet test "tests/$project" -c Release --no-build "${filter[@]}" --logger "console;verbosity=minimal" >"$log" 2>&1; } 2>"$log.time"
  echo $? >"$log.status"
  flock "$logs" bash -c 'printf "\n== %s\n" "$1"; cat "$0"; echo "$1 took $(cat "$0.time")"' "$log" "$1"
}

# Two at a time: much of what a test does is done by one processor. Interop's tests that look at the clock or take all of the machine have it to themselves, after all others.
parts=()
for project in "${projects[@]}"; do
  if [ "$project" = Interop ]; then parts+=("Interop/machine!=alone"); else parts+=("$project"); fi
done
for part in "${parts[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  run "$part" &
done
wait
case " ${projects[*]} " in *" Interop "*) parts+=("Interop/machine=alone") && run "Interop/machine=alone" ;; esac

passed=0 failed=0 skipped=0
for part in "${parts[@]}"; do
  log=$logs/${part/\//,}
  counts=$(grep -oE 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" | tail -n 1 | grep -oE '[0-9]+' | tr '\n' ' ')
  read -r f p s <<<"${counts:-0 0 0}"
  # A project that failed without counting a failure (a crash of the test host) is a failure too.
  [ "$(cat "$log.status")" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  [ "$f" -eq 0 ] || { say "$f failed in $part"; grep -A 12 -E '^ *Failed [A-Za-z]|^The active test run was aborted|error MSB|^Unhandled' "$log" | cut -c 1-300 | head -n 60; }
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

say "all projects, after $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
