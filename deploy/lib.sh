# shellcheck shell=bash
# What the scripts of this folder share.  Source it; it sets top, the root of the tree.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=${0##*/}

say() { printf '%s\n' "$me: $*"; }

fail() {
    printf '%s\n' "$me: $*" >&2
    exit 1
}

# quiet LOG COMMAND...: the command's output goes to LOG and is shown only when it fails.
quiet() {
    local log=$1 code=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" </dev/null >"$log" 2>&1 || code=$?
    ((code == 0)) && return
    tail -n 60 "$log" >&2
    printf '%s\n' "$me: failed with code $code: $*" "$me: the whole output is in $log" >&2
    return "$code"
}

# can_root: whether as_root can work here.
can_root() { ((EUID == 0)) || command -v sudo >/dev/null; }

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# ccache fails the build when it has nowhere to write, so it is used only where it has.
compiler_launcher() {
    if command -v ccache >/dev/null && [[ -n ${CCACHE_DIR:-} || -w ${HOME:-/nonexistent} ]]; then
        printf 'ccache'
    fi
}

# build DIR PRESET [cmake argument...]: configures DIR by deploy/cmake/PRESET.cmake and builds
# it; quiet, with the output in DIR/configure.log and DIR/build.log.  A preset only seeds the
# cache, so a cache older than its preset is made anew.
build() {
    local dir=$1 preset=$top/deploy/cmake/$2.cmake fresh=()
    shift 2
    [[ -f $preset ]] || fail "there is no preset $preset"
    if [[ $preset -nt $dir/CMakeCache.txt ]]; then
        fresh=(--fresh)
    fi
    quiet "$dir/configure.log" cmake "${fresh[@]}" -C "$preset" -S "$top" -B "$dir" -G Ninja \
        -DCMAKE_C_COMPILER_LAUNCHER="$(compiler_launcher)" "$@" || return
    quiet "$dir/build.log" cmake --build "$dir" --parallel "$(nproc)"
}
