#!/bin/sh
# Make sure there is a Chromium and its driver for the browser tests.
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
  exit 0
fi
exec sh "$(dirname "$0")/../apt.sh" "The browser tests need Chromium with ChromeDriver." chromium chromium-driver
