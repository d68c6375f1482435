#!/usr/bin/env bash
# Guess: of a list of fonts, the terminal foot draws a kanji with a variation selector by the first
#        one that has the variation, and by the plain kanji only where none of them has it.
# Seen: fcft 3.1.5, which draws for foot, takes the first font that has the kanji. With BIZ UDGothic
#       before IPAmj Mincho the variations that IPAmj Mincho alone has are the plain kanji of
#       BIZ UDGothic, picture for picture, and nothing says so; with that font alone they differ.
set -euo pipefail

fcft=3.1.5-3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "libfcft4=$fcft" "libfcft-dev=$fcft" libutf8proc2 libharfbuzz0b libgraphite2-3 \
    libfreetype6 libfontconfig1 libpixman-1-0 libpixman-1-dev libpng16-16 libbrotli1 libexpat1 \
    fonts-morisawa-bizud-gothic=1.05-2 fonts-ipamj-mincho=005.01-2.1 >/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/x86_64-linux-gnu
cat >fonts.conf <<END
<fontconfig><dir>$work/root/usr/share/fonts</dir><cachedir>$work/cache</cachedir></fontconfig>
END
cat >draw.c <<'END'
#include <fcft/fcft.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
/* Prints the pixels of a kanji with a selector (0 for none), as the named fonts draw it. */
int main(int argc, char **words) {
    const char *names[2] = {words[3], argc > 4 ? words[4] : NULL};
    uint32_t cluster[2] = {strtoul(words[1], NULL, 16), strtoul(words[2], NULL, 16)};
    setlocale(LC_ALL, "C.UTF-8");
    fcft_init(FCFT_LOG_COLORIZE_NEVER, false, FCFT_LOG_CLASS_ERROR);
    struct fcft_font *font = fcft_from_name(argc - 3, names, "dpi=96");
    if (font == NULL) return 2;
    const struct fcft_grapheme *drawn = fcft_rasterize_grapheme_utf32(
        font, cluster[1] ? 2 : 1, cluster, FCFT_SUBPIXEL_NONE);
    if (drawn == NULL) return 3;
    const struct fcft_glyph *glyph = drawn->glyphs[0];
    const unsigned char *row = (void *)pixman_image_get_data(glyph->pix);
    printf("%dx%d ", glyph->width, glyph->height);
    for (int y = 0; y < glyph->height; y++, row += pixman_image_get_stride(glyph->pix))
        for (int x = 0; x < glyph->width; x++) printf("%02x", row[x]);
    return 0;
}
END
gcc -w -Iroot/usr/include -Iroot/usr/include/pixman-1 draw.c -L"$libraries" -l:libfcft.so.4 \
    -l:libpixman-1.so.0 -Wl,--allow-shlib-undefined -o draw
export LD_LIBRARY_PATH=$libraries FONTCONFIG_FILE=$work/fonts.conf
gothic='BIZ UDGothic:pixelsize=32' mincho='IPAmjMincho:pixelsize=32'

echo "fcft $fcft"
for pair in '845b e0102' '8fba e0102' '9089 e0110'; do
    read -r kanji selector <<<"$pair"
    plain=$(./draw "$kanji" 0 "$gothic" "$mincho")
    varied=$(./draw "$kanji" "$selector" "$gothic" "$mincho")
    alone_plain=$(./draw "$kanji" 0 "$mincho")
    alone_varied=$(./draw "$kanji" "$selector" "$mincho")
    echo "U+$kanji U+$selector: IPAmj Mincho alone has it: $([ "$alone_plain" != "$alone_varied" ] &&
        echo yes); after BIZ UDGothic drawn as the plain kanji: $([ "$plain" = "$varied" ] && echo yes)"
    [ "$alone_plain" != "$alone_varied" ]
    [ "$plain" = "$varied" ]
    [ "$plain" != "$alone_plain" ]
done
