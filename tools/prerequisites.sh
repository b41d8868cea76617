#!/bin/sh
# Tells in one line what the machine lacks, and the package to install. Spark starts on Java 17 or later only,
# and needs the module jdk.incubator.vector, which trimmed run-time images lack.
set -eu

"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or later is needed: install it (Debian: apt-get install python3 python3-venv) or name it: make PYTHON=..." >&2
    exit 1
}
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "Python's venv module is needed: install it (Debian: apt-get install python3-venv)" >&2
    exit 1
}

java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || version=""
if [ -z "$version" ] || [ "$version" -lt 17 ]; then
    echo "Java 17 or later is needed, found ${version:-none}: install it (Debian: apt-get install openjdk-17-jre-headless)" >&2
    exit 1
fi
"$java" --list-modules | grep -q '^jdk.incubator.vector' || {
    echo "This Java lacks the module jdk.incubator.vector: install a full one (Debian: apt-get install openjdk-17-jre-headless)" >&2
    exit 1
}
