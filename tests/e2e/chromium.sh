#!/bin/sh
# Make sure there is a Chromium and its driver for the browser tests: install by apt-get where that may be done.
set -u
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
  exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
  fi
  if $as_root true 2>/dev/null; then
    echo "installing chromium and chromium-driver for the browser tests"
    $as_root apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium chromium-driver >/dev/null && exit 0
  fi
fi
echo "The browser tests need Chromium and ChromeDriver. Install them (Debian: apt-get install chromium chromium-driver) and run again." >&2
exit 1
