#!/bin/sh
# Make sure there is a Java runtime for the tests of Spark.
if java -version >/dev/null 2>&1; then
  exit 0
fi
exec sh "$(dirname "$0")/apt.sh" "The tests of the engine spark need Java 17 or newer." default-jre-headless
