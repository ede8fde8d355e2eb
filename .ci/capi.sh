# The C interface: what `.ci/run capi` needs. Sourced by it.

readonly C_BOARD=thumbv7m-none-eabi
readonly C_WARNINGS=(-std=c99 -Wall -Wextra -Wpedantic -Werror)

# c_host: every vector and every misuse, on this machine, under the sanitizers; and what must not compile.
c_host() {
    local library=$target/capi/release/libincrep_capi.a program=$target/capi/host
    run cargo build --quiet --locked --release --manifest-path capi/Cargo.toml --target-dir "$target/capi"
    run cc "${C_WARNINGS[@]}" -O1 -fsanitize=address,undefined -fno-sanitize-recover -I capi/include \
        capi/tests/*.c capi/example/report.c "$library" -o "$program"
    python3 capi/tests/vectors.py >"$program.vectors"
    run "$program" <"$program.vectors"
    if sed 's/^packed \(.*\)..$/packed \100/' "$program.vectors" | "$program" 2>/dev/null; then
        fail "vectors with another last byte passed"
    fi
    run c++ -x c++ -std=c++11 -Wall -Wextra -Wconversion -Wshadow -Wcast-qual -Werror -fsyntax-only -I capi/include capi/example/report.c
    # What the README shows compiles: the first program, and what keeps its reports.
    awk '/^```c$/ {block++; inside = 1; next} /^```$/ {inside = 0} inside && (block == 1 || block == 3)' capi/README.md >"$program.shown.c"
    grep -q increp_encode_packed "$program.shown.c" && grep -q increp_journal_open "$program.shown.c" || fail "capi/README.md shows no report, or no journal"
    run cc "${C_WARNINGS[@]}" -fsyntax-only -I capi/include "$program.shown.c"
    # A code of another list is a mistake that the compiler sees.
    printf '#include "increp.h"\nvoid f(increp_report *r) { increp_event_set_weapon(r, increp_report_event(), %s); }\n' INCREP_WEAPON_DRONE >"$program.good.c"
    sed 's/INCREP_WEAPON_DRONE/INCREP_EFFECT_LOOTED/' "$program.good.c" >"$program.bad.c"
    run cc "${C_WARNINGS[@]}" -fsyntax-only -I capi/include "$program.good.c"
    if cc "${C_WARNINGS[@]}" -fsyntax-only -I capi/include "$program.bad.c" 2>/dev/null; then
        fail "a code of another list was taken"
    fi
}

# c_archives: of each target, with all that belongs in it.
c_archives() {
    local archives archive
    archives=$(CARGO_TARGET_DIR=$target/capi capi/release "${BOARDS[@]}")
    for archive in $archives; do
        [[ $(tar -tzf "$archive" | sed 's,.*/,,' | sort | xargs) == "LICENSE-APACHE LICENSE-MIT README.md increp.h libincrep.a report.c report.h" ]] ||
            fail "$archive holds something else: $(tar -tzf "$archive")"
        printf '%s, %d bytes\n' "${archive##*/}" "$(stat -c %s "$archive")"
    done
}

# c_link FOLDER PROGRAM ARGUMENT...: firmware out of an unpacked release archive.
c_link() {
    local folder=$1 program=$2
    shift 2
    arm-none-eabi-gcc "${C_WARNINGS[@]}" -mcpu=cortex-m3 -mthumb -Os -ffreestanding -ffunction-sections -fdata-sections -nostdlib \
        -T capi/firmware/link.ld -Wl,--gc-sections -Wl,-z,noexecstack -I "$folder" "$@" capi/firmware/board.c capi/firmware/flash.c "$folder/report.c" \
        "$folder/libincrep.a" -lgcc -o "$program"
}

# c_qemu PROGRAM: its words come on standard error, with QEMU's own.
c_qemu() {
    qemu "$C_BOARD" "$1" 2>&1
}

# c_firmware: made of the release archive, it makes the vectors' bytes, cannot panic, and has no memory but its own.
c_firmware() {
    local archive folder program=$target/capi/firmware.elf symbols expected
    archive=$(CARGO_TARGET_DIR=$target/capi capi/release "$C_BOARD")
    printf '$ capi/release %s\n%s\n' "$C_BOARD" "$archive"
    folder=$target/capi/unpacked
    rm -rf "$folder" && mkdir -p "$folder"
    tar -xzf "$archive" -C "$folder" --strip-components 1

    c_link "$folder" "$program" capi/firmware/main.c
    c_qemu "$program" | tee "$program.log" || fail "the firmware in C"
    expected=$(python3 - <<'END'
import json
for folder, name in ("v1", "accepted"), ("packed-v6", "reports"):
    for vector in json.load(open(f"tests/vectors/{folder}/vectors.json"))[name]:
        if vector["name"] in ("story-explosions-heard", "explosions-heard-general-16"):
            print("postcard" if folder == "v1" else "packed", vector["hex"])
END
    )
    [[ $(grep -E '^(postcard|packed) ' "$program.log") == "$expected" ]] || fail "the firmware made other bytes than the vectors: $expected"
    [[ $(sed -n 's/^journal //p' "$program.log") == "${expected##* }" ]] || fail "the journal gave other bytes than were kept"
    c_link "$folder" "$program.broken" capi/firmware/main.c -DEXPLOSIONS=15
    if c_qemu "$program.broken" >/dev/null; then
        fail "firmware that expects another count passed"
    fi

    symbols=$(arm-none-eabi-nm "$program")
    [[ $symbols == *increp_encode_packed* ]] || fail "the firmware has no symbols"
    [[ $symbols != *increp_panicked* ]] || fail "the firmware has a path to a panic"
    c_size "$folder" | tee "$target/capi/size.txt"
    # The figures change with the code of the encoders; whoever changes them renews the README's.
    [[ $(<capi/README.md) == *"$(<"$target/capi/size.txt")"* ]] || warn "capi/README.md gives other figures of flash"
    [[ $(<capi/README.md) == *"$(grep '^stack ' "$program.log")"* ]] || warn "capi/README.md gives other figures of the stack"
}

# c_size FOLDER: flash of the same firmware with more and more of the library, and the memory that it has.
c_size() {
    local step program=$target/capi/size.elf before=0 now names all=("nothing" "+ build, encode postcard" "+ encode packed, with general-16"
        "+ decode packed and postcard" "+ get, error text" "+ ring in RAM" "+ journal on flash" "+ batches")
    for step in "${!all[@]}"; do
        c_link "$1" "$program" -DPART="$step" capi/firmware/size.c
        now=$(arm-none-eabi-size "$program" | awk 'NR == 2 {print $1 + $2}')
        printf '%8d %+8d  %s\n' "$now" $((now - before)) "${all[step]}"
        before=$now
    done
    names=$(arm-none-eabi-nm "$program" | awk '$2 ~ /^[bBdD]$/ && $3 !~ /^(bss|data|stack)_/ {print $3}' | sort | xargs)
    [[ $names == "bytes frame profile reader report room store writer" ]] || fail "the library has memory of its own: $names"
    printf 'static RAM of the library: 0\n'
}
