#!/bin/sh
# Make sure there is a PostgreSQL server for the tests of that engine: install by apt-get where that may be done.
set -u
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; then
  exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
  fi
  if $as_root true 2>/dev/null; then
    echo "installing postgresql for the tests"
    $as_root apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq postgresql >/dev/null && exit 0
  fi
fi
echo "The tests of the engine postgres need a PostgreSQL server. Install it (Debian: apt-get install postgresql) and run again." >&2
exit 1
