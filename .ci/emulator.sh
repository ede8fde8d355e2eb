# Sets QEMU. Where it is not installed it is unpacked beside the build: installing Debian's package would remove other versions of QEMU's tools.
emulator() {
    if command -v qemu-system-arm >/dev/null; then
        QEMU=(qemu-system-arm)
        return
    fi
    local root=$target/qemu packages package
    if [[ ! -x $root/usr/bin/qemu-system-arm ]]; then
        command -v apt-get >/dev/null || fail "no qemu-system-arm here: install it"
        # As another user than root apt-get cannot renew its lists; they may do as they are.
        [[ $EUID != 0 ]] || run apt-get update -q
        packages=$(apt-get install --no-install-recommends -s qemu-system-arm | awk '/^Inst/ {print $2}')
        rm -rf "$root" && mkdir -p "$root/packages"
        # shellcheck disable=SC2086 # names of packages
        (cd "$root/packages" && run apt-get -q -o APT::Sandbox::User=root download $packages)
        for package in "$root"/packages/*.deb; do
            dpkg -x "$package" "$root"
        done
        rm -r "$root/packages"
    fi
    QEMU=(env "LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu" "$root/usr/bin/qemu-system-arm" -L "$root/usr/share/qemu")
}
