#!/bin/sh
# Install Debian packages that tests need, where that may be done; else say what is needed.
# Usage: sh tests/apt.sh "What needs what." PACKAGE...
set -u
need=$1
shift
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
  fi
  if $as_root true 2>/dev/null; then
    echo "installing $* for the tests"
    $as_root apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq "$@" >/dev/null && exit 0
  fi
fi
echo "$need Install it (Debian: apt-get install $*) and run again." >&2
exit 1
