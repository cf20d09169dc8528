# Brings the machine to the point where the build can start: Debian packages, Node, npm's packages. Sourced after
# steps.sh. Whatever is there already costs no time.

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

listed() { sed -E '/^(#|$)/d; s/ .*//' "$root/tools/packages/$1.txt"; }

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# require_packages LIST…: installs what of tools/packages/LIST.txt is missing.
require_packages() {
  local wanted missing list
  command -v dpkg-query >/dev/null ||
    fail "This machine is not a Debian" "Grove's scripts install Debian 12's packages. Elsewhere, install what tools/packages/*.txt names and use cmake --preset native."
  wanted=$(for list in "$@"; do listed "$list"; done | sort -u)
  # shellcheck disable=SC2086
  missing=$(comm -23 <(echo "$wanted") <(dpkg-query -W -f '${db:Status-Abbrev}${binary:Package}\n' $wanted 2>/dev/null | sed -nE 's/^ii *([^:]+).*/\1/p' | sort -u))
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "Packages are missing, and there is no sudo to install them with" "As root:  apt-get update && apt-get install --no-install-recommends" $missing
    sudo -n true 2>/dev/null || { echo "Debian packages are missing; sudo may ask for your password." && sudo -v; } || fail "sudo refused" "As root:  apt-get install --no-install-recommends" $missing
  fi
  # shellcheck disable=SC2086
  step packages "Debian packages: $(echo $missing)" \
    "apt could not install them. Check the network and /etc/apt/sources.list (Debian 12, main), free space (df -h /), and that no other apt runs; then start again." \
    install_packages $missing
  hash -r
}

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 19) ? 0 : 1)'
}

# A Node that somebody chose stays: Debian's comes only where none is new enough.
require_node() {
  has_node && return
  require_packages node
  has_node || fail "Node $(node --version 2>/dev/null || echo '(none)') is too old; 18.19 or later is needed" "It is $(command -v node || echo nowhere). Remove it, or put a newer one first in PATH."
}

require_npm_packages() {
  local stamp=$root/node_modules/.grove-stamp want
  want=$(cd "$root" && cat package-lock.json package.json */package.json .npmrc | sha256sum | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
  step npm "npm packages" "The first lines of the log below say why. If it is the network (npm ping tells), start again later; nothing is lost." \
    npm --prefix "$root" ci --no-audit --no-fund
  echo "$want" >"$stamp"
}
