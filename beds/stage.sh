# shellcheck shell=bash disable=SC2016,SC2094,SC2154
# How a program gets a bed and goes without a trace; sourced by the scripts that start one (demo/run, tests/chaos/run, tests/integration/run,
# bench/peers/run), which set "me" to their name first. Everything stands in namespaces that the kernel takes back when the program is gone, however it went.
PATH=$PATH:/usr/sbin:/sbin # where ip and nft are; the path of an ordinary user often lacks them
namespaces=(unshare -Urnm --pid --fork --kill-child --mount-proc)

refuse() {
    echo "$me: $1" >&2
    exit 2
}

# The programs look for the runtime in the usual places; an SDK in a home folder is only known by its command.
find_runtime() {
    local dotnet
    if [[ -z ${DOTNET_ROOT-} ]] && dotnet=$(command -v dotnet); then
        dotnet=$(dirname "$(readlink -f "$dotnet")")
        [[ ! -d $dotnet/host/fxr ]] || export DOTNET_ROOT=$dotnet
    fi
}

# install_tool COMMAND PACKAGE: by apt, as root. Two runs at once must not run apt at once. What the package would start as a
# service of this machine is not started: whoever needs it starts it in a namespace of its own.
install_tool() {
    if ! command -v "$1" >/dev/null && ((EUID == 0)) && command -v apt-get >/dev/null; then
        echo "$me: $2 is missing; installing it with apt" >&2
        flock "$("$root/build/apt-lock")" sh -c 'command -v "$1" || {
            policy=/usr/sbin/policy-rc.d
            if [ ! -e "$policy" ]; then
                trap "rm -f $policy" EXIT
                trap "exit 1" HUP INT TERM
                printf "#!/bin/sh\nexit 101\n" >"$policy" && chmod 755 "$policy"
            fi
            apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y -o DPkg::Lock::Timeout=300 --no-install-recommends "$2"
        }' sh "$1" "$2" >/dev/null 2>&1 || true
    fi
}

# Empty: namespaces do all that a bed wants. Else why not, in one line.
why_no_namespaces() {
    local said
    install_tool ip iproute2
    command -v ip >/dev/null || { echo "iproute2 (the command ip) is missing" && return; }
    said=$("${namespaces[@]}" sh -c 'ip link add rail type bridge && : >"$1" && unshare --net="$1" true &&
        ip link add port type veth peer name die0 netns "$1"' sh "$home/probe" 2>&1) && return
    said=$(tail -n 1 <<<"$said")
    echo "${said:-this kernel gives an ordinary user none}"
}

stage=
janitor=
cleanup() {
    set +e
    trap '' INT TERM HUP
    if [[ -n $stage ]]; then
        # The stage leads a process group of its own; with namespaces the kernel ends the rest as well.
        kill -KILL -- "-$stage" 2>/dev/null
        wait "$stage" 2>/dev/null
    fi
    if [[ -n $janitor ]]; then
        exec {all}>&-
        wait "$janitor"
    else
        rm -rf -- "$home"
    fi
}

# What the kernel keeps when a Docker engine is gone with all its processes: their control groups. "sweep" is a text for sh; $1 is the home.
sweep='for try in 1 2 3 4 5 6 7 8 9 10; do
    left=
    for group in "/sys/fs/cgroup/${1##*/}" /sys/fs/cgroup/*/"${1##*/}"; do
        [ ! -d "$group" ] || { find "$group" -depth -type d -exec rmdir {} + ; [ ! -d "$group" ] || left=1; }
    done
    [ -n "$left" ] || break
    sleep 0.2
done'

# Makes the folder for what the nodes write, and sees to it that it goes.
open_home() {
    home=$(cd -- "${TMPDIR:-/tmp}" && pwd) || refuse "no folder for what the nodes write; TMPDIR may name another"
    home+=/clusterras-$me.$$.$RANDOM
    mkdir -m 700 -- "$home" || refuse "no folder for what the nodes write; TMPDIR may name another"
    trap cleanup EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    # Two pipes into which nobody writes; a reader sees the end when the last holder of the other end is gone, however it
    # went. "caller" is held by this shell only, and its end stops the stage. "all" is held by everything that is started
    # here, and its end brings the janitor, who removes the folder.
    mkfifo -- "$home/caller" "$home/all"
    exec {caller}<>"$home/caller" {caller_end}<"$home/caller" {all}<>"$home/all" {all_end}<"$home/all"
    setsid sh -c "cat; $sweep; rm -rf -- \"\$1\"" sh "$home" <&"$all_end" {caller}>&- {all}>&- >/dev/null 2>&1 &
    janitor=$!
}

# play COMMAND...: starts it as the stage, waits for it, and gives its exit code.
play() {
    local code=0
    setsid sh -c 'CLUSTERRAS_BED_PID=$$ exec "$@"' sh "$@" <&"$caller_end" {caller}>&- &
    stage=$!
    wait "$stage" || code=$?
    return "$code"
}
