#!/usr/bin/env bash
# Guess: "allow with-interface match-all { 08:*:* }" lets in what has storage and nothing else.
# Seen: with USBGuard 1.1.2 it also applies to a device that lists no interface, of which that is
#       true, too; and one rule cannot add "and at least one".
set -euo pipefail

version=1.1.2+ds-3+b1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "libusbguard1=$version" "libusbguard-dev=$version" \
    libqb100 libprotobuf32 libumockdev0 libpcap0.8 >/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/x86_64-linux-gnu

cat >applies.cpp <<'END'
#include <usbguard/Rule.hpp>
int main(int, char** words) {
    using usbguard::Rule;
    return Rule::fromString(words[1]).appliesTo(Rule::fromString(words[2])) ? 0 : 3;
}
END
g++ -std=c++17 -w -Iroot/usr/include applies.cpp -L"$libraries" -lusbguard \
    -Wl,--allow-shlib-undefined -o applies
export LD_LIBRARY_PATH=$libraries

echo "usbguard $version"
expect() { # answer, interfaces of the rule, device
    local answer=yes status=0
    ./applies "allow with-interface $2" "device id 1234:abcd${3:+ $3}" || status=$?
    [ "$status" = 0 ] || answer=no
    echo "$2 applies to \"$3\": $answer"
    [ "$status" = 0 ] || [ "$status" = 3 ]
    [ "$answer" = "$1" ]
}
expect yes 'match-all { 08:*:* }' 'with-interface { 08:06:50 08:06:50 }'
expect yes 'match-all { 08:*:* }' 'with-interface { 08:06:50 08:05:50 }'
expect no 'match-all { 08:*:* }' 'with-interface { 08:06:50 03:01:01 }'
expect yes 'match-all { 08:*:* }' ''
expect yes 'none-of { 08:*:* }' ''
