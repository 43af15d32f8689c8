# Fills $ROOT with the static busybox of this distribution and a link for each of its tools.

mkdir "$ROOT/bin" "$ROOT/etc" "$ROOT/home" "$ROOT/proc" "$ROOT/root" "$ROOT/sys" \
    "$ROOT/tmp" "$ROOT/usr" "$ROOT/var"
chmod 1777 "$ROOT/tmp"
chmod 700 "$ROOT/root"
ln -s ../bin "$ROOT/usr/bin"

# Unpacked, not installed: the package would push out another busybox of this machine.
cd "$ROOT/tmp"
# apt's own user may not write into this folder.
set -- apt-get -o APT::Sandbox::User=root download busybox-static
"$@" || { apt-get update && "$@"; }
dpkg-deb --extract busybox-static_*.deb unpacked
# In /bin or, on newer releases, /usr/bin.
mv "$(find unpacked -type f -path '*bin/busybox')" "$ROOT/bin/busybox"
rm -r unpacked busybox-static_*.deb

for tool in $("$ROOT/bin/busybox" --list); do
    # It lists itself, and that link would replace the program.
    [ "$tool" = busybox ] || ln -s busybox "$ROOT/bin/$tool"
done

cat > "$ROOT/etc/passwd" <<'EOF'
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
EOF
cat > "$ROOT/etc/group" <<'EOF'
root:x:0:
daemon:x:1:
nogroup:x:65534:
EOF
