#!/usr/bin/env bash
# install.sh: one pinned release of ork into a virtual environment of its own. Needs Python 3.11 or newer, no root.
#
#   install.sh [--version V] [--sha256 HEX] [--from URL-OR-FOLDER] [--prefix FOLDER] [--bin FOLDER]
#
# --sha256 is the digest of the release's SHA256SUMS, by which everything else is checked; a released install.sh carries that of
# its own version. Packages ork depends on are installed by hash, from whatever index pip is set up for.
set -euo pipefail

VERSION=0.1.0
SUMS_SHA256=
FROM=https://github.com/orkspace/orkestra/releases/download/v@VERSION@
PREFIX=${XDG_DATA_HOME:-$HOME/.local/share}/orkestra
BIN=$HOME/.local/bin

fail() { echo "install.sh: $*" >&2; exit 1; }
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }

pinned=$VERSION
while [ $# -gt 0 ]; do
  case $1 in
    --version | --sha256 | --from | --prefix | --bin) [ $# -gt 1 ] || { echo "install.sh: $1 needs a value" >&2; usage; } ;;
    *) echo "install.sh: unknown argument $1" >&2; usage ;;
  esac
  case $1 in
    --version) VERSION=${2#v} ;;
    --sha256) given=$2 ;;
    --from) FROM=$2 ;;
    --prefix) PREFIX=$2 ;;
    --bin) BIN=$2 ;;
  esac
  shift 2
done
sums=${given:-}
if [ -z "$sums" ] && [ "$VERSION" = "$pinned" ]; then sums=$SUMS_SHA256; fi
[ -n "$sums" ] || fail "no digest is known for version $VERSION: give --sha256, the SHA-256 of its SHA256SUMS"
[[ $VERSION =~ ^[0-9A-Za-z.+-]+$ ]] || fail "not a version: $VERSION"
FROM=${FROM//@VERSION@/$VERSION}
if [ -d "$FROM" ]; then FROM=file://$(cd "$FROM" && pwd); fi

python=
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
  if [ -n "$candidate" ] && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "needs Python 3.11 or newer with venv; set PYTHON to one"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { # NAME
  "$python" - "$FROM/$1" "$work/$1" <<'PY' || fail "cannot get $1 from $FROM"
import shutil, sys, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1], timeout=60) as source, open(sys.argv[2], "wb") as target:
        shutil.copyfileobj(source, target)
except OSError as error:
    sys.exit(f"install.sh: {error}")
PY
}
digest() { "$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }
check() { # NAME
  expected=$(awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
  [ -n "$expected" ] || fail "SHA256SUMS does not name $1"
  [ "$(digest "$work/$1")" = "$expected" ] || fail "$1 is not what SHA256SUMS says: nothing was installed"
}

fetch SHA256SUMS
[ "$(digest "$work/SHA256SUMS")" = "$sums" ] || fail "SHA256SUMS is not the one that was pinned: nothing was installed"
wheel=orkestra-$VERSION-py3-none-any.whl
for name in "$wheel" run.lock; do
  fetch "$name"
  check "$name"
done

target=$PREFIX/$VERSION former=
leave() { # what was there before comes back, unless all went well
  rm -rf "$work"
  if [ -n "$target" ]; then rm -rf "$target"; fi
  if [ -n "$former" ]; then mv "$former" "$target"; fi
}
trap leave EXIT
mkdir -p "$PREFIX" "$BIN"
if [ -e "$target" ]; then
  former=$target.former.$$
  mv "$target" "$former"
fi
"$python" -m venv "$target"
pip() { "$target/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
pip --require-hashes --only-binary :all: -r "$work/run.lock" || fail "cannot install what ork depends on"
pip --no-deps --no-index "$work/$wheel" || fail "cannot install $wheel"
"$target/bin/ork" --version || fail "ork does not run"
ln -sf "$target/bin/ork" "$BIN/ork"
if [ -n "$former" ]; then rm -rf "$former"; fi
former='' target=''
case ":$PATH:" in
  *":$BIN:"*) ;;
  *) echo "install.sh: $BIN is not in PATH; add it" >&2 ;;
esac
