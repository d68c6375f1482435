# place.sh FOLDER [ROOT]: put in place the package that root verified, and say what came of it.
#
# mediabridge-install.service ends with this, and after a power cut mediabridge-recover.service begins
# with it. It runs as a copy in FOLDER, and needs the shell, coreutils and dpkg: nothing that the
# package being installed replaces (docs/adr/0030). Done again at any moment it ends in the same:
# the new version whole, or the old one whole, and one line that says which.
set -u
folder=$1
root=${2:-/}
cd "$folder" || exit 1
[ -e journal ] || exit 0
# It is not ended in the middle by anything but a power cut.
trap '' TERM INT HUP
umask 022
{
    read -r order
    read -r new
    read -r version
    read -r old
    read -r before
} <journal || exit 1
result=results/$order.json

# Below another root than the machine's, as in a rehearsal, there are no units.
units() {
    [ "$root" = / ] && [ -d /run/systemd/system ] || return 1
    systemctl "$@"
}

# The very words, and nothing of the package half there.
is_whole() {
    set -- "$1" "$(dpkg-query --root="$root" --show \
        --showformat='${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${Version}' mediabridge)"
    [ "$2" = "install ok installed $1" ]
}

# put FILE SHA256 VERSION [BACK]: whatever state dpkg was left in, it goes on from there.
put() {
    printf '%s  %s\n' "$2" "$1" | sha256sum --check --status --strict || return 1
    [ "$root" = / ] || set -- "$@" "--root=$root" --force-script-chrootless
    file=$1 wanted=$3 back=$4
    shift 4
    # Its scripts would wait for units that wait for this; they are started anew at the end.
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        SYSTEMD_OFFLINE=1 MEDIABRIDGE_GOES_BACK="$back" \
        dpkg "$@" --force-confold --install "$file" </dev/null >&2
    is_whole "$wanted"
}

# answer RESULT REASON: durable, once all that dpkg and its scripts wrote is.
answer() {
    mkdir -p results
    sync -f "$root/usr/lib" "$root/var/lib" .
    printf '{"format":1,"order":"%s","reason":"%s","result":"%s","sha256":"%s"}' \
        "$order" "$2" "$1" "$new" >"$result.new"
    sync "$result.new"
    mv "$result.new" "$result"
    sync results .
}

if [ ! -e "$result" ]; then
    units stop mediabridge-watch.service mediabridge-tidy.service mediabridge-doctor.service \
        mediabridge-sync.service mediabridge-sync-all.service 'mediabridge-kiosk@*.service'
    if put new.deb "$new" "$version" ''; then
        answer installed ''
    elif put current.deb "$old" "$before" yes; then
        answer failed INSTALL_ROLLED_BACK
    else
        echo "mediabridge が途中までしか入っていません。使わずに、手引き (update.md) の「手で入れる」のとおりに入れてください。" >&2
        echo "mediabridge is half installed. Do not use it; install it by hand as update.md says." >&2
        exit 1
    fi
fi

# What is said above is done once. The package that is in place now is the next one's way back.
if grep -q '"result":"installed"' "$result"; then
    if [ -e new.deb ]; then
        ln -f current.deb previous.deb
        mv new.deb current.deb
    fi
else
    rm -f new.deb
fi
sync .
rm journal
sync .
cat "$result"
echo
units daemon-reload
for each in /etc/systemd/system/*.wants/mediabridge-kiosk@*.service; do
    [ -L "$each" ] && units --no-block start "${each##*/}"
done
if units is-enabled --quiet mediabridge-watch.service; then
    units --no-block start mediabridge-watch.service
fi
exit 0
