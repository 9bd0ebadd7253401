#!/bin/sh
# Make sure there is a Java runtime for the tests of Spark: install by apt-get where that may be done.
set -u
if java -version >/dev/null 2>&1; then
  exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
  fi
  if $as_root true 2>/dev/null; then
    echo "installing default-jre-headless for the tests"
    $as_root apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq default-jre-headless >/dev/null && exit 0
  fi
fi
echo "The tests of the engine spark need Java 17 or newer. Install it (Debian: apt-get install default-jre-headless) and run again." >&2
exit 1
