#!/usr/bin/env bash
# Guess: ssh-keygen minds the line ends of a list of signers and of a signature alike.
# Seen: OpenSSH 9.2 takes an allowed_signers file that Windows gave CRLF line ends, but of a
#       signature file with CRLF it says "missing header", though the header stands there.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q openssh-client=1:9.2p1-2+deb12u10 >/dev/null
dpkg -x openssh-client_*.deb tools
keygen=$work/tools/usr/bin/ssh-keygen
dpkg-deb -W openssh-client_*.deb

"$keygen" -q -t ed25519 -N '' -C '' -f key
echo "some list of files" >list
"$keygen" -q -Y sign -f key -n files@city.example list 2>/dev/null
echo "officer $(cut -d' ' -f1,2 key.pub)" >signers

verify() { # signers, signature
    "$keygen" -Y verify -f "$1" -I officer -n files@city.example -s "$2" <list 2>&1
}

sed 's/$/\r/' signers >signers.crlf
sed 's/$/\r/' list.sig >list.crlf.sig
echo "signers and signature with LF:   $(verify signers list.sig | cut -c1-40)"
echo "signers with CRLF:               $(verify signers.crlf list.sig | cut -c1-40)"
said=$(verify signers list.crlf.sig) && exit 1
echo "signature with CRLF:             $(head -n 1 <<<"$said")"
head -n 1 list.crlf.sig | grep -q "BEGIN SSH SIGNATURE"
grep -q "missing header" <<<"$said"
