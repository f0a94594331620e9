#!/bin/sh
# Installs Wenbao from this folder, without a network: ./install.sh [PROGRAM [DATA]]
#   PROGRAM  where the program goes (default /opt/wenbao); a new version goes beside the old one
#   DATA     where index and records go (default /var/lib/wenbao); an index that is there stays
# PYTHON names the interpreter, python@PYTHON@ where it does not.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=${1:-/opt/wenbao}
data=${2:-/var/lib/wenbao}
python=${PYTHON:-python@PYTHON@}

fail() {
    echo "install.sh: $1; wanted $2. $3" >&2
    exit 2
}

command -v "$python" >/dev/null 2>&1 ||
    fail "no $python" "CPython @PYTHON@" "Install it, or name it: PYTHON=/path/to/python ./install.sh"
found=$("$python" -c 'import platform, sys; print("%d.%d" % sys.version_info[:2], platform.system(), platform.machine())')
[ "$found" = "@PYTHON@ @SYSTEM@ @MACHINE@" ] ||
    fail "$python is $found" "@PYTHON@ @SYSTEM@ @MACHINE@, for which the wheels are" "Name another with PYTHON, or make the bundle on such a machine."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python has no venv or no ensurepip" "both" "On Debian install the package python@PYTHON@-venv."
if [ "@SYSTEM@" = Linux ]; then
    glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc 2\.\([0-9]*\).*/\1/p')
    [ "${glibc:-0}" -ge "@GLIBC@" ] || fail "glibc 2.${glibc:-?}" "2.@GLIBC@ or newer" "Use a newer system."
fi

echo "checking the files" >&2
(cd "$here" && sha256sum --check --quiet SHA256SUMS) ||
    fail "a file of the bundle is damaged or missing" "the files as packed" "Copy the archive again."

release="$program/releases/@VERSION@-$(sha256sum "$here/SHA256SUMS" | cut -c1-12)"
if [ ! -e "$release/.whole" ]; then
    echo "installing into $release" >&2
    rm -rf "$release"
    mkdir -p "$program/releases"
    "$python" -m venv "$release"
    "$release/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --require-hashes \
        --find-links "$here/wheels" --requirement "$here/wheels/requirements.txt"
    mkdir "$release/share"
    cp -R "$here/deploy" "$here/examples" "$here/docs" "$here/licences" "$here/sbom.cdx.json" "$here/LICENSE" "$here/NOTICE" "$release/share/"
    touch "$release/.whole"
fi
mkdir -p "$data"
if [ ! -e "$data/index/manifest.json" ]; then
    echo "building the index of the bundled report" >&2
    reports=$("$release/bin/python" -c 'import index; print(index.__path__[0] + "/reports")')
    "$release/bin/python" -P -m index build "$reports" --out "$data/index"
fi
# The switch is one rename: the old version stays beside, to go back to.
ln -sfn "$release" "$program/.current.new"
mv -T "$program/.current.new" "$program/current"

"$program/current/bin/python" -P -m qa doctor --index "$data/index" --data "$data"
echo "installed: $program/current/bin/python -P -m ui --index $data/index --data $data" >&2
