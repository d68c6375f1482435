#!/usr/bin/env bash
# Guess: mkfs.fat writes a label like 媒体3 when told the code page of Japanese Windows (932).
# Seen: dosfstools 4.2 refuses every label with a byte of 0x80 or more, in any code page, and says
#       that it holds "characters below 0x20". Windows writes such labels every day.
set -euo pipefail

package=dosfstools=4.2-1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "$package" >/dev/null
dpkg -x dosfstools_*.deb tools
PATH=$work/tools/sbin:$PATH
export LC_ALL=C.UTF-8

dd if=/dev/zero of=stick.img bs=1M count=8 status=none
echo "$package"
mkfs.fat -n MEDIA03 stick.img >/dev/null && echo "plain ASCII: accepted"

for page in 932:媒体3 850:É; do
    status=0
    said=$(mkfs.fat --codepage="${page%%:*}" -n "${page#*:}" stick.img 2>&1 >/dev/null) || status=$?
    echo "code page ${page%%:*}, label ${page#*:}: exit $status: $said"
    [ "$status" = 1 ]
    grep -q "below 0x20" <<<"$said"
done
