#!/bin/sh
# Finds a Python for the environment .venv and has install.py make it, or find it whole:
#   sh workflow/install.sh EXTRAS...    in the checkout; extras of pyproject.toml
# PYTHON names one; else it is the first that fits: the environment's own, then those on the PATH.

if [ -n "$PYTHON" ]; then
    set -- "$@" -- "$PYTHON"
else
    set -- "$@" -- .venv/bin/python python3 python3.13 python3.12 python3.11 python
fi
extras=
while [ "$1" != -- ]; do
    extras="$extras $1"
    shift
done
shift

# Its version and, since an environment cannot make itself anew, the Python it was made of.
probe='
import sys
print("%d.%d" % sys.version_info[:2])
print(getattr(sys, "_base_executable", sys.executable))
import ensurepip, venv
'
found=
for python in "$@"; do
    answer=$("$python" -c "$probe" 2>/dev/null)
    complete=$?
    version=$(printf "%s\n" "$answer" | head -n 1)
    base=$(printf "%s\n" "$answer" | tail -n 1)
    case $version in
    3.11 | 3.12 | 3.13)
        # shellcheck disable=SC2086
        [ $complete = 0 ] && exec "$base" workflow/install.py $extras
        found="$found, $python is $version without venv (is there a package python$version-venv?)"
        ;;
    ?*) found="$found, $python is $version" ;;
    esac
done

found=${found#, }
[ -n "$found" ] || found=${PYTHON:+"no $PYTHON"}
echo "gaebench needs Python 3.11, 3.12 or 3.13; found: ${found:-none}." \
    "Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
