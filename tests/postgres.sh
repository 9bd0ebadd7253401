#!/bin/sh
# Make sure there is a PostgreSQL server for the tests of that engine.
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; then
  exit 0
fi
exec sh "$(dirname "$0")/apt.sh" "The tests of the engine postgres need a PostgreSQL server." postgresql
