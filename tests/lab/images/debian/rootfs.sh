# Fills $ROOT with a minimal Debian that installs packages as this machine does.

# A debootstrap that is older than the release does not know it; all recent ones are made alike.
script=/usr/share/debootstrap/scripts/$SUITE
[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid

debootstrap --variant=minbase \
    ${APT_NEEDS_CERTIFICATES:+--include=ca-certificates} \
    "$SUITE" "$ROOT" "${MIRROR:-http://deb.debian.org/debian}" "$script"

if [ -n "$APT_SOURCES" ]; then
    printf '%s' "$APT_SOURCES" > "$ROOT/etc/apt/sources.list"
fi
if [ -n "$APT_CONFIGURATION" ]; then
    printf '%s' "$APT_CONFIGURATION" > "$ROOT/etc/apt/apt.conf.d/30lab"
fi
if [ -n "$APT_NEEDS_CERTIFICATES" ]; then
    # The mirror's certificate may come from an authority that only this machine trusts.
    cp /etc/ssl/certs/ca-certificates.crt "$ROOT/etc/ssl/certs/ca-certificates.crt"
fi

# Services are started by whoever runs the container.
printf '#!/bin/sh\nexit 101\n' > "$ROOT/usr/sbin/policy-rc.d"
chmod 755 "$ROOT/usr/sbin/policy-rc.d"
# A layer is thrown away if anything fails: nothing has to be safe on disk.
echo force-unsafe-io > "$ROOT/etc/dpkg/dpkg.cfg.d/unsafe-io"
# Nobody reads manuals in a container. Licences stay.
cat > "$ROOT/etc/dpkg/dpkg.cfg.d/no-documentation" <<'EOF'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
EOF
find "$ROOT/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$ROOT"/usr/share/info/* "$ROOT"/usr/share/locale/* "$ROOT"/usr/share/man/*

# What is this machine's, or was only needed for the installation.
rm -f "$ROOT/etc/hostname" "$ROOT/etc/resolv.conf"
rm -rf "$ROOT"/var/cache/apt/*.bin "$ROOT"/var/cache/apt/archives/*.deb \
    "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/log/* "$ROOT"/dev/*
