#!/usr/bin/env bash
# Installs StoreFlow on Debian from a published folder, or upgrades it. Can be run again at any time.
#   sudo out/deploy/install.sh             installs the folder that this script came with, or upgrades to it
#   sudo out/deploy/install.sh FOLDER      installs that folder
#   sudo out/deploy/install.sh --back      goes back to the version before
#   --root DIR                             works on the system in DIR, and starts nothing there
set -euo pipefail

root=''
back=false
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

while (($#)); do
  case $1 in
    --root) root=${2:?--root needs a folder}; root=${root%/}; shift ;;
    --back) back=true ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit ;;
    -*) fail "there is no option $1; see --help" ;;
    *) folder=$1 ;;
  esac
  shift
done

[[ $EUID -eq 0 ]] || fail "run this as root, for example with sudo"
app=$root/opt/storeflow
unit=$root/etc/systemd/system/storeflow.service
settings=$root/etc/storeflow/storeflow.env

in_system() {
  if [[ $root ]]; then chroot "$root" "$@"; else "$@"; fi
}

has_systemd() {
  [[ ! $root && -d /run/systemd/system ]]
}

# Puts $app.next in the place of $app, and what was there into $app.previous.
swap() {
  if has_systemd; then systemctl stop storeflow.service 2>/dev/null || true; fi
  rm -rf "$app.leaving"
  if [[ -e $app ]]; then mv "$app" "$app.leaving"; fi
  mv "$app.next" "$app"
  if [[ -e $app.leaving ]]; then
    rm -rf "$app.previous"
    mv "$app.leaving" "$app.previous"
  fi
}

start() {
  if ! has_systemd; then
    echo "Start it with: systemctl enable --now storeflow"
    return
  fi
  systemctl daemon-reload
  systemctl enable --quiet storeflow.service
  # Returns when StoreFlow says that it serves.
  if ! systemctl restart storeflow.service; then
    journalctl --unit storeflow.service --lines 20 --no-pager --output cat >&2 || true
    if $back; then
      fail "StoreFlow does not start; the reason is above. Where the database is too new for it, restore the copy before-migration-to-... (docs/operate.md, Upgrade)."
    fi
    fail "StoreFlow does not start; the reason is above. To go back to the version before: $0 --back"
  fi
  echo "StoreFlow $(in_system /opt/storeflow/storeflow --version) serves at http://127.0.0.1:8080. Its log: journalctl -u storeflow"
}

if $back; then
  [[ -d $app.previous ]] || fail "there is no version before"
  rm -rf "$app.next"
  mv "$app.previous" "$app.next"
  swap
  start
  exit
fi

[[ -x $folder/storeflow && -f $folder/deploy/storeflow.service ]] ||
  fail "$folder is no published StoreFlow. Make one with: dotnet publish StoreFlow.csproj -c Release -r linux-x64 -o out"

# What the runtime needs of the system: C++ and OpenSSL libraries, and the world's time zones.
packages=()
for package in ca-certificates libssl3 libstdc++6 tzdata; do
  # shellcheck disable=SC2016 # dpkg-query fills it in, not the shell
  [[ $(in_system dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || packages+=("$package")
done
if ((${#packages[@]})); then
  echo "Installing ${packages[*]}"
  in_system apt-get update -qq
  in_system env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

if ! in_system getent passwd storeflow >/dev/null; then
  in_system useradd --system --user-group --home-dir /var/lib/storeflow --no-create-home --shell /usr/sbin/nologin storeflow
fi

[[ ! $root || -e $root/proc/self ]] || fail "the program needs /proc to run: mount --bind /proc $root/proc"

rm -rf "$app.next"
mkdir -p "$root/opt" "$root/etc/storeflow" "$root/usr/local/bin" "${unit%/*}"
cp -R "$folder" "$app.next"
chown -R root:root "$app.next"
chmod -R u=rwX,go=rX "$app.next"
chmod 755 "$app.next/storeflow" "$app.next/deploy/install.sh"
in_system /opt/storeflow.next/storeflow --version >/dev/null ||
  fail "$folder does not run on this machine. Was it published for another kind (linux-x64, linux-arm64)?"

install -m 644 "$app.next/deploy/storeflow.service" "$unit"
if [[ ! -e $settings ]]; then
  install -m 600 /dev/null "$settings"
  cat >"$settings" <<'SETTINGS'
# Settings of StoreFlow, one a line; "systemctl restart storeflow" reads them anew.
# Everybody comes over HTTPS, through a reverse proxy on this machine:
#StoreFlow__Https=true
# The names of your server, so that no other name is answered:
#AllowedHosts="shop.example;localhost;127.0.0.1"
SETTINGS
fi

# The command line with the service's user, data and settings: storeflow --help
cat >"$root/usr/local/bin/storeflow" <<'COMMAND'
#!/bin/sh
[ "$(id -u)" -eq 0 ] || { echo "Run this as root: sudo storeflow $*" >&2; exit 1; }
# Line by line as systemd reads it: it is no shell script.
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    [A-Za-z_]*=*)
      name=${line%%=*} value=${line#*=}
      case $value in
        \"*\") value=${value#\"} value=${value%\"} ;;
        \'*\') value=${value#\'} value=${value%\'} ;;
      esac
      export "$name=$value" ;;
  esac
done </etc/storeflow/storeflow.env
export StoreFlow__DataDirectory="${StoreFlow__DataDirectory:-/var/lib/storeflow}"
exec runuser -u storeflow -- /opt/storeflow/storeflow "$@"
COMMAND
chmod 755 "$root/usr/local/bin/storeflow"
in_system install -d -m 700 -o storeflow -g storeflow /var/lib/storeflow

if [[ -d $app ]] && diff -rq "$app" "$app.next" >/dev/null; then
  rm -rf "$app.next" # the same version again: the one before stays the one before
else
  swap
fi
start
