# Firmware: what `.ci/run firmware` and `.ci/run size` need. Sourced by it.

readonly DEFMT_PRINT=1.2.0
# Targets, and the machine that QEMU plays for each; RISC-V is built, not run.
readonly BOARDS=(thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf riscv32imc-unknown-none-elf)
declare -rA MACHINES=([thumbv6m-none-eabi]=microbit [thumbv7m-none-eabi]=lm3s6965evb [thumbv7em-none-eabihf]=mps2-an386)

# firmware_build TARGET PROFILE ARGUMENT...: one target a time, or cargo mixes their features. Without debug
# information: linking takes less time.
firmware_build() {
    local board=$1 profile=$2
    shift 2
    (cd firmware && CARGO_PROFILE_RELEASE_DEBUG=none run cargo build --locked --quiet --profile "$profile" --target "$board" --target-dir "$target/firmware" "$@")
}

# firmware_lint TARGET
firmware_lint() {
    (cd firmware && CARGO_PROFILE_RELEASE_DEBUG=none run cargo clippy --locked --quiet --release --workspace --features increp-measure/calls,link \
        --target "$1" --target-dir "$target/firmware" -- -D warnings)
}

# firmware_file TARGET PROFILE PROGRAM
firmware_file() {
    printf '%s/firmware/%s/%s/%s' "$target" "$1" "$2" "$3"
}

# qemu TARGET FILE ARGUMENT...: runs it; its exit code is the firmware's.
qemu() {
    local machine=${MACHINES[$1]} file=$2
    shift 2
    timeout 120 "${QEMU[@]}" -machine "$machine" -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native "$@" -kernel "$file"
}

# firmware_runs TARGET: the example in QEMU, its log in words; fails as its self-test does.
firmware_runs() {
    local board=$1 file log=$target/firmware/$1.log status=0
    file=$(firmware_file "$board" release increp-firmware)
    printf '$ qemu-system-arm -machine %s -kernel %s\n' "${MACHINES[$board]}" "$file"
    qemu "$board" "$file" >"$log.defmt" || status=$?
    defmt-print -e "$file" <"$log.defmt" >"$log"
    cut -c 1-160 "$log"
    printf 'exit code %d\n' "$status"
    # The received report names a clinic: the log must not.
    if grep -q 'Al-Noor' "$log"; then
        fail "the log shows a text"
    fi
    [[ -s $log ]] || fail "the firmware logged nothing"
    return "$status"
}

# firmware_first TARGET: the README's first program is this one, and prints the bytes that the README decodes.
firmware_first() {
    local board=$1 hex
    [[ $(<README.md) == *"$(<firmware/src/bin/first.rs)"* ]] || fail "README.md does not show firmware/src/bin/first.rs"
    firmware_build "$board" release -p increp-firmware --bin first --features cortex-m
    hex=$(qemu "$board" "$(firmware_file "$board" release first)")
    grep -q "^\$ echo $hex | increp decode" README.md || fail "first.rs prints $hex: README.md shows other bytes"
    printf 'first.rs prints %s\n' "$hex"
}

# firmware_syncs TARGET: the firmware that syncs, killed fifty times: all that it had shown as saved is at HQ. KILLS and SEED say how often and when.
firmware_syncs() {
    local board=$1 folder=$target/firmware/mission
    firmware_build "$board" release -p increp-firmware --bin sync --features link
    run cargo build --locked --quiet -p increp-cli --bin increp
    rm -rf "$folder"
    run python3 firmware/kill.py "$target/debug/increp" "$(firmware_file "$board" release sync)" "$folder" "${QEMU[@]}"
}

# Release firmware of each call links only where the linker finds no path to a panic; and it neither allocates nor reckons with fractions.
no_panic() {
    local board profile file found
    for board in thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imc-unknown-none-elf; do
        for profile in release fast; do
            firmware_build "$board" "$profile" -p increp-measure --bin flash_all --bin flash_journal ||
                fail "firmware can panic, see above"
            file=$(firmware_file "$board" "$profile" flash_all)
            found=$("$(llvm nm)" -C "$file" | grep -E '__rust_alloc|__rust_dealloc|__aeabi_(f|d|[iul]+2[fd])| __(add|sub|mul|div|float[a-z]*|fix[a-z]*)[sd]f' || true)
            found+=$("$(llvm objdump)" -d --no-show-raw-insn "$file" | grep -E '\sv[a-z]+\.f(32|64)' || true)
            [[ ! $found ]] || fail "flash_all allocates, or reckons with fractions, on $board: $found"
        done
    done
    board=thumbv7em-none-eabihf
    if firmware_build "$board" release -p increp-measure --features broken --bin flash_panics 2>"$target/firmware/panics.log"; then
        fail "firmware that can panic was linked"
    fi
    grep -q 'undefined symbol: this_firmware_can_panic' "$target/firmware/panics.log" || fail "$(<"$target/firmware/panics.log")"
    echo "no path to a panic, at opt-level s and 3; no allocation, no fractions; firmware that can panic does not link"
}

# llvm NAME: the path of a tool of rustup's component llvm-tools.
llvm() {
    local tools
    tools=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
    [[ -x $tools/llvm-$1 ]] || run rustup component add llvm-tools >&2
    printf '%s/llvm-%s' "$tools" "$1"
}

# firmware_sizes TARGET: a line for each figure, "what target name number".
firmware_sizes() {
    local board=$1 name file
    for file in "$(firmware_file "$board" release flash_)"*[a-z]; do
        [[ -x $file ]] || continue
        name=${file##*/flash_}
        "$(llvm size)" -A "$file" | awk -v board="$board" -v name="$name" '
            $1 ~ /^\.(vector_table|init.*|text|rodata|trap.*|eh_frame)$/ { flash += $2 }
            # Its first values lie in flash too.
            $1 ~ /^\.data/ { flash += $2; ram += $2 }
            $1 ~ /^\.(bss|uninit)/ { ram += $2 }
            END { print "flash", board, name, flash; print "ram", board, name, ram + 0 }'
    done
    if [[ ${MACHINES[$board]:-} ]]; then
        # Each instruction takes the same time, by which the firmware counts them.
        qemu "$board" "$(firmware_file "$board" release calls)" -icount shift=7,sleep=off | sed "s/ / $board /"
    fi
}

# firmware_frames TARGET: the functions that take most stack for themselves. For the eye: names change with every compiler.
firmware_frames() {
    local object=$target/firmware/$1/release/flash_all.o
    (cd firmware && CARGO_PROFILE_RELEASE_DEBUG=none RUSTC_BOOTSTRAP=1 cargo rustc --locked --quiet --release --target "$1" --target-dir "$target/firmware" -p increp-measure --bin flash_all -- \
        -Zemit-stack-sizes "--emit=obj=$object")
    printf '\nStack of single functions on %s\n' "$1"
    "$(llvm readobj)" --stack-sizes -C "$object" | awk '/Functions:/ { sub(/.*Functions: \[/, ""); sub(/\]$/, ""); name = $0 } /Size: 0x/ { print $2, name }' |
        while read -r size name; do printf '%6d  %.120s\n' "$size" "$name"; done | sort -rn | sed -n 1,12p
}
