# Steps with a title, a time and a log: sourced by run, test, bench and tools/build.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
mkdir -p "$logs"
# The build's own words are read by programs too (and a fresh Debian has no other locale).
export LC_ALL=C.UTF-8
if [ -t 1 ]; then
  bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m' wipe=$'\r\e[K'
else
  bold='' dim='' green='' red='' plain='' wipe=''
fi

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# What a running step does: in place on a terminal, else a line now and then.
watch_step() {
  local title=$1 log=$2 start=$3 last never
  # Waiting by read, not by sleep: the end of the step ends it at once and leaves no child behind.
  exec {never}<> <(:)
  if [ -t 1 ]; then
    while ! read -rt 0.3 -u $never; do
      last=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | tr -d '\000-\037')
      printf '%s… %s %s%s  %s%s' "$wipe" "$title" "$dim" "$(since "$start")" "${last:0:60}" "$plain"
    done
  else
    read -rt 2 -u $never || echo "… $title"
    while ! read -rt 20 -u $never; do
      last=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | tr -d '\000-\037')
      echo "  $title: $(since "$start"), ${last:0:80}"
    done
  fi
}

# step NAME "Title" "what to do when it fails" command…: its output goes to build/logs/NAME.log.
step() {
  local log=$logs/$1.log title=$2 hint=$3 start status=0 watcher
  shift 3
  start=$(now_ms)
  : >"$log"
  watch_step "$title" "$log" "$start" 9>&- &
  watcher=$!
  "$@" >"$log" 2>&1 || status=$?
  { kill "$watcher" && wait "$watcher"; } 2>/dev/null || true
  if [ $status -eq 0 ]; then
    echo "$wipe$green✓$plain $title $dim$(since "$start")$plain"
    return
  fi
  {
    echo "$wipe$red✗ $title: failed after $(since "$start")$plain"
    grep -v '^ *$' "$log" | tail -n 30 | sed 's/^/    /'
    echo
    echo "$bold$hint$plain"
    echo "The whole log: $log"
  } >&2
  exit 1
}

fail() {
  echo "$red✗ $1$plain" >&2
  shift
  [ $# -eq 0 ] || printf '%s\n' "$@" >&2
  exit 1
}

# Only one build at a time in this checkout.
lock_build() {
  exec 9>"$root/build/.lock"
  if ! flock -n 9; then
    echo "… another ./run, ./test or ./bench is building here; waiting for it"
    flock 9
  fi
}

unlock_build() { exec 9>&-; }
