# Shared by the scripts of this folder: messages, steps with progress, and what a machine must have.
say()  { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# step "what" command...: runs quietly, shows time, prints the output only on failure. Where no terminal shows a line that is not ended
# (a log, a pipe), each line is whole, and one every half minute says that it goes on.
step() {
  local what="$1" start log beat="" rc=0; shift
  start=$(date +%s); log="$(mktemp)"
  if [ -t 1 ]; then printf '    %-36s ' "$what"
  else
    printf '    %-36s begun\n' "$what"
    ( while sleep 30 >/dev/null 2>&1; do printf '    %-36s goes on (%ss)\n' "$what" "$(( $(date +%s) - start ))"; done ) & beat=$!
  fi
  "$@" >"$log" 2>&1 || rc=$?
  if [ -n "$beat" ]; then kill "$beat" 2>/dev/null; wait "$beat" 2>/dev/null || true; printf '    %-36s ' "$what"; fi
  if [ "$rc" = 0 ]; then printf 'done (%ss)\n' "$(( $(date +%s) - start ))"; else printf 'failed\n'; tail -n 60 "$log" >&2; fi
  rm -f "$log"
  return "$rc"
}

# debian PACKAGE...: installs what is missing of these Debian packages
debian() {
  local missing=() p
  for p in "$@"; do dpkg -s "$p" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$p"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
  local sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  step "apt-get update" $sudo apt-get update -qq
  step "installing ${missing[*]}" env DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# need COMMAND WHY: fails with a plain sentence where a command is missing
need() { command -v "$1" >/dev/null || fail "$1 is missing. $2."; }
