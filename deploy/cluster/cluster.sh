#!/usr/bin/env bash
# StoreFlow on PostgreSQL, all on this machine: a primary with a synchronous standby, three nodes, and HAProxy in front. For a try, and
# for tests; docs/grow.md has what real ones need.
#   cluster.sh start           starts what does not run; after a promotion it also makes the standby anew
#   cluster.sh stop            stops all of it, and nothing else
#   cluster.sh status          what runs, and where
#   cluster.sh storeflow ...   StoreFlow's command line with this database: storeflow setup --help
#   cluster.sh psql ...        PostgreSQL's command line on the primary, as its superuser
#   cluster.sh kill-node N     kills node N (1, 2 or 3) as a crash would
#   cluster.sh restart-node N  stops node N gently and starts it
#   cluster.sh kill-primary    kills PostgreSQL's primary as a crash would
#   cluster.sh promote         kills the primary where it runs, and makes the standby the primary
# Options, before or after the command; the folder keeps its ports until others are asked for:
#   --folder DIR               where all of it is kept; else STOREFLOW_CLUSTER, or storeflow-cluster in ~/.local/state (root: /var/lib)
#   --port N                   HAProxy's port, and the nodes' are the three after it (8080)
#   --postgres-port N          the first PostgreSQL's port, and the second's is the next (5540)
#   --free-ports               takes six ports that are free, where the folder has none yet
# Environment: STOREFLOW_DLL names the StoreFlow.dll, or the published program, that the nodes run; ASPNETCORE_ENVIRONMENT is Production
# unless set, and Development brings the demo shop; STOREFLOW_CLUSTER_PATIENCE is how many seconds each thing may take (120).
set -euo pipefail
umask 077
unset "${!PG@}" # PostgreSQL's programs would take them for settings

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
patience=${STOREFLOW_CLUSTER_PATIENCE:-120} # seconds, for each thing that is waited for
folder=${STOREFLOW_CLUSTER:-}
first_port='' first_postgres='' free_ports=false
command='' rest=() restarts=3

fail() {
  echo "cluster.sh: $*" >&2
  exit 1
}

while (($#)); do
  case $1 in
    --folder) folder=${2:?--folder needs a folder}; shift ;;
    --port) first_port=${2:?--port needs a number}; shift ;;
    --postgres-port) first_postgres=${2:?--postgres-port needs a number}; shift ;;
    --free-ports) free_ports=true ;;
    -h | --help) sed -n '2,21s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit ;;
    -*) fail "there is no option $1; see --help" ;;
    psql | storeflow) command=$1; shift; rest=("$@"); break ;;
    *) if [[ $command ]]; then rest+=("$1"); else command=$1; fi ;;
  esac
  shift
done

for port in "$first_port" "$first_postgres"; do
  [[ ! $port || ($port =~ ^[1-9][0-9]{2,4}$ && $port -le 65530) ]] || fail "a port is a number from 100 to 65530, not $port"
done

if [[ ! $folder ]]; then
  # PostgreSQL does not run as root, and another user cannot look into root's home.
  if ((EUID == 0)); then folder=/var/lib/storeflow-cluster; else folder=${XDG_STATE_HOME:-$HOME/.local/state}/storeflow-cluster; fi
fi
folder=$(realpath -m -- "$folder")
[[ $folder =~ ^[A-Za-z0-9_./-]+$ ]] || fail "the folder's name may have letters, digits and . _ - only: $folder"

# --- What is needed ---------------------------------------------------------------------------------------------------------------------

find_program() { # NAME DEBIAN-PACKAGE: its path, or a sentence
  local path
  path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$1") || fail "there is no $1. On Debian: apt-get install $2"
  echo "$path"
}

find_postgres() { # the folder of PostgreSQL's programs: of the version that has made the database, else of the newest
  local wanted='*' found
  if [[ -f $folder/postgres-1/PG_VERSION ]]; then wanted=$(<"$folder/postgres-1/PG_VERSION"); fi
  # shellcheck disable=SC2086 # the star is meant
  found=$(printf '%s\n' /usr/lib/postgresql/$wanted/bin/initdb | sort -V | tail -n 1)
  [[ -x $found ]] || fail "there is no PostgreSQL ${wanted/\*/15 or newer}. On Debian: apt-get install postgresql"
  found=${found%/initdb}
  [[ $(basename "${found%/bin}") -ge 15 ]] || fail "$found is too old: StoreFlow needs PostgreSQL 15 or newer"
  [[ -f /usr/share/postgresql/$(basename "${found%/bin}")/extension/pg_trgm.control ]] ||
    fail "PostgreSQL in $found lacks its extensions. On Debian: apt-get install postgresql-contrib"
  echo "$found"
}

find_storeflow() { # the program, where no setting names it: the published one that this script came with, else the one that was built here
  local root path
  root=$(cd "$here/../.." && pwd)
  for path in "${STOREFLOW_DLL:-}" "$root/storeflow" "$root/StoreFlow.dll" "$root"/bin/{Release,Debug}/net10.0/StoreFlow.dll; do
    if [[ -f $path ]]; then
      realpath -- "$path"
      return
    fi
    [[ ! $path || $path != "${STOREFLOW_DLL:-}" ]] || fail "STOREFLOW_DLL names $path, which is not there"
  done
  fail "there is no StoreFlow to run. Build it: dotnet build -c Release $root/StoreFlow.csproj"
}

run_storeflow() {
  if [[ $storeflow == *.dll ]]; then exec dotnet "$storeflow" "$@"; else exec "$storeflow" "$@"; fi
}

# As the user whose PostgreSQL it is: root's is the one that Debian's package brings.
as_postgres() {
  if ((EUID == 0)); then HOME=$folder setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi
}

take_folder() {
  mkdir -p -- "$folder"
  if ((EUID == 0)); then
    getent passwd postgres >/dev/null || fail "there is no user postgres. On Debian: apt-get install postgresql"
    chown postgres:postgres -- "$folder"
    as_postgres test -x "$folder" || fail "the user postgres cannot reach $folder: choose a folder that others may pass into"
  fi
  ((EUID == 0)) || [[ -O $folder ]] || fail "$folder belongs to somebody else"
  chmod 700 -- "$folder"
  ((${#folder} < 85)) || fail "the folder's name is too long for a socket: $folder"
  cd -- "$folder"
  exec 9>lock
  flock --timeout "$patience" 9 || fail "another cluster.sh works on $folder"
}

wait_for() { # WHAT-FAILED COMMAND...
  local what=$1 end=$((SECONDS + patience))
  shift
  until "$@" 9>&-; do
    ((SECONDS < end)) || fail "$what within $patience seconds"
    sleep 0.1
  done
}

# --- Ports ------------------------------------------------------------------------------------------------------------------------------

is_taken() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

choose_ports() {
  if [[ -f ports ]]; then read -r haproxy_port node1 node2 node3 postgres1 postgres2 <ports; fi
  if [[ $free_ports == true && ! -f ports ]]; then
    local found=() port
    while ((${#found[@]} < 6)); do
      port=$((15000 + SRANDOM % 17000)) # below the ports that systems give to outgoing connections
      if ! is_taken "$port" && [[ " ${found[*]} " != *" $port "* ]]; then found+=("$port"); fi
    done
    read -r haproxy_port node1 node2 node3 postgres1 postgres2 <<<"${found[*]}"
  else
    first_port=${first_port:-${haproxy_port:-8080}}
    if [[ ${haproxy_port:-} != "$first_port" ]]; then
      haproxy_port=$first_port node1=$((first_port + 1)) node2=$((first_port + 2)) node3=$((first_port + 3))
    fi
    first_postgres=${first_postgres:-${postgres1:-5540}}
    if [[ ${postgres1:-} != "$first_postgres" ]]; then postgres1=$first_postgres postgres2=$((first_postgres + 1)); fi
  fi
  local now="$haproxy_port $node1 $node2 $node3 $postgres1 $postgres2" one
  [[ $(tr ' ' '\n' <<<"$now" | sort -u | wc -l) -eq 6 ]] || fail "the ports of HAProxy, the nodes and PostgreSQL meet: $now"
  if [[ ! -f ports || $now != "$(<ports)" ]]; then
    for one in haproxy node-1 node-2 node-3 postgres-1 postgres-2; do
      if is_running "$one"; then fail "it runs on other ports: $(<ports). Stop it first."; fi
    done
    echo "$now" >ports
  fi
}

read_ports() {
  [[ -f $folder/ports ]] || fail "there is no cluster in $folder: cluster.sh start"
  read -r haproxy_port node1 node2 node3 postgres1 postgres2 <"$folder/ports"
}

port_of() { # node-2, postgres-1 or haproxy
  local name=${1/-/}
  if [[ $1 == haproxy ]]; then name=haproxy_port; fi
  echo "${!name}"
}

check_port() { # NAME
  local port
  port=$(port_of "$1")
  if is_taken "$port"; then fail "port $port, for $1, is taken. Choose others: --port, --postgres-port, --free-ports"; fi
}

# --- Processes --------------------------------------------------------------------------------------------------------------------------

# A process works in the folder of its name: a number that the system has given to another process since is not taken for it.
pid_of() {
  local pid file=$1.pid
  if [[ $1 == postgres-* ]]; then file=$1/postmaster.pid; fi
  [[ -f $file ]] && read -r pid <"$file" && [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$folder/$1" ]] || return 1
  echo "$pid"
}

is_running() {
  pid_of "$1" >/dev/null
}

is_gone() {
  ! is_running "$1"
}

end_gently() { # for what does not end by itself, thirty seconds
  local pid
  pid=$(pid_of "$1") || return 0
  kill -TERM "$pid"
  kill -CONT "$pid" 2>/dev/null || true # one that stands still ends, too
  local end=$((SECONDS + 30))
  while is_running "$1" && ((SECONDS < end)); do sleep 0.1; done
  if is_running "$1"; then kill -KILL "$pid"; fi
  wait_for "$1 does not end" is_gone "$1"
  rm -f "$1.pid"
}

launch() { # NAME COMMAND...: beside this script, in the folder of its name, with a log of its own
  local name=$1
  shift
  check_port "$name"
  mkdir -p "$name"
  (
    cd "$name"
    exec 9>&- </dev/null >>"../$name.log" 2>&1
    "$@"
  ) &
  echo $! >"$name.pid"
  disown
  while kill -0 $! 2>/dev/null && is_gone "$name"; do sleep 0.01; done # until it is in its folder
}

show_log() {
  tail -n 20 "$1.log" >&2 || true
}

# --- PostgreSQL -------------------------------------------------------------------------------------------------------------------------

# In the file "primary" stands which of the two is the primary. Nothing else ever starts as one.
primary() {
  echo "postgres-$(<primary)"
}

standby() {
  echo "postgres-$((3 - $(<primary)))"
}

ask() { # SERVER SQL: as the superuser, over the socket
  as_postgres "$postgres/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$folder" -p "$(port_of "$1")" -d postgres -c "$2" 9>&-
}

answers() { # SERVER SQL: whether it is t
  [[ $(ask "$1" "$2" 2>/dev/null) == t ]]
}

make_passwords() {
  local name
  for name in storeflow replication; do
    if [[ ! -s $name.password ]]; then
      od -An -v -tx1 -N 24 /dev/urandom | tr -d ' \n' >"$name.password.new"
      mv "$name.password.new" "$name.password"
    fi
  done
  echo "127.0.0.1:*:*:replication:$(<replication.password)" >replication.pgpass
  (
    IFS=';'
    settings=("Host=127.0.0.1:$postgres1,127.0.0.1:$postgres2" "Target Session Attributes=read-write" "Host Recheck Seconds=1"
      Database=storeflow Username=storeflow "Password=$(<storeflow.password)")
    echo "${settings[*]}" >connection
  )
  if ((EUID == 0)); then chown postgres:postgres storeflow.password replication.password replication.pgpass; fi
}

configure() { # SERVER SYNCHRONOUS-STANDBY: outside its data, which the standby is a copy of
  local other="postgres-$((3 - ${1#postgres-}))"
  cat >"$1.conf.new" <<CONF
listen_addresses = '127.0.0.1'
port = $(port_of "$1")
unix_socket_directories = '$folder'
unix_socket_permissions = 0700
hba_file = '$folder/pg_hba.conf'
password_encryption = scram-sha-256
max_connections = 150            # 3 nodes of 30 and a few each, and commands beside them
shared_buffers = 128MB
dynamic_shared_memory_type = posix
timezone = UTC
log_timezone = UTC
log_line_prefix = '%m [%p] '
log_error_verbosity = terse       # details of an error would have names and addresses of customers
wal_level = replica
max_wal_senders = 5
hot_standby = on
wal_sender_timeout = 10s
wal_receiver_timeout = 10s
# An order is acknowledged when it is on the disks of both.
fsync = on
synchronous_commit = on
synchronous_standby_names = '$2'
primary_slot_name = 'standby'
primary_conninfo = 'host=127.0.0.1 port=$(port_of "$other") user=replication passfile=$folder/replication.pgpass application_name=standby'
CONF
  cat >pg_hba.conf.new <<HBA
local all         all                      peer
host  storeflow   storeflow   127.0.0.1/32 scram-sha-256
host  replication replication 127.0.0.1/32 scram-sha-256
HBA
  if ((EUID == 0)); then chown postgres:postgres "$1.conf.new" pg_hba.conf.new; fi
  mv "$1.conf.new" "$1.conf"
  mv pg_hba.conf.new pg_hba.conf
}

start_postgres() { # SERVER SYNCHRONOUS-STANDBY
  configure "$1" "$2"
  if is_running "$1"; then
    as_postgres "$postgres/pg_ctl" reload -s -D "$1" 9>&-
    return
  fi
  check_port "$1"
  if ! as_postgres "$postgres/pg_ctl" start -s -w -t "$patience" -D "$1" -l "$1.log" -o "-c config_file=$folder/$1.conf" 9>&-; then
    show_log "$1"
    fail "PostgreSQL does not start; the reason is above"
  fi
}

make_primary() {
  rm -rf postgres-1.new
  as_postgres "$postgres/initdb" -D postgres-1.new --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=peer --auth-host=scram-sha-256 9>&- >initdb.log 2>&1 ||
    fail "PostgreSQL's database cannot be made: $(tail -n 3 initdb.log)"
  mv postgres-1.new postgres-1
  echo 1 >primary
}

# Passwords come by files, and no log has them, whatever fails.
make_roles() {
  as_postgres "$postgres/psql" -X -q -v ON_ERROR_STOP=1 -h "$folder" -p "$(port_of "$(primary)")" -d postgres 9>&- <<'SQL'
SET log_min_error_statement = panic;
SET synchronous_commit = local;
\set storeflow `cat storeflow.password`
\set replication `cat replication.password`
SELECT 'CREATE ROLE replication LOGIN REPLICATION' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replication') \gexec
SELECT 'CREATE ROLE storeflow LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'storeflow') \gexec
ALTER ROLE replication PASSWORD :'replication';
ALTER ROLE storeflow PASSWORD :'storeflow';
SELECT 'CREATE DATABASE storeflow OWNER storeflow' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'storeflow') \gexec
SELECT pg_create_physical_replication_slot('standby', true)
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'standby') \g /dev/null
SQL
}

make_standby() {
  local name
  name=$(standby)
  ! is_running "$name" || fail "$name runs, and is no standby. Stop it: cluster.sh stop"
  rm -rf "$name.new"
  as_postgres env "PGPASSFILE=$folder/replication.pgpass" "$postgres/pg_basebackup" -h 127.0.0.1 -p "$(port_of "$(primary)")" \
    -U replication -D "$name.new" -S standby -c fast 9>&- || fail "PostgreSQL's standby cannot be made"
  as_postgres touch "$name.new/standby.signal"
  rm -rf "$name"
  mv "$name.new" "$name"
}

start_both() {
  if [[ ! -f primary ]]; then make_primary; fi
  local first second wanted=''
  first=$(primary) second=$(standby)
  # A primary that has a standby never acknowledges without it. One that was just made or promoted has none yet.
  if [[ -f $second/standby.signal ]]; then wanted=standby; fi
  start_postgres "$first" "$wanted"
  if [[ -f $first/standby.signal ]]; then as_postgres "$postgres/pg_ctl" promote -s -w -t "$patience" -D "$first" 9>&-; fi
  make_roles
  if [[ ! $wanted ]]; then make_standby; fi
  start_postgres "$second" ''
  configure "$first" standby
  as_postgres "$postgres/pg_ctl" reload -s -D "$first" 9>&-
  wait_for "the standby does not follow ($second.log)" answers "$first" \
    "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE application_name = 'standby' AND sync_state = 'sync')"
}

stop_postgres() { # SERVER
  if ! is_running "$1"; then return; fi
  as_postgres "$postgres/pg_ctl" stop -s -w -t "$patience" -m fast -D "$1" 9>&- || fail "$1 does not stop ($1.log)"
}

# The postmaster stands still first, so that it cannot start another child meanwhile.
kill_postgres() { # SERVER
  local pid children=()
  pid=$(pid_of "$1") || return 0
  kill -STOP "$pid"
  read -r -a children <"/proc/$pid/task/$pid/children" || true
  kill -KILL "$pid" "${children[@]}" || true
  for pid in "$pid" "${children[@]}"; do wait_for "process $pid does not end" has_ended "$pid"; done
  # The next start would take them for a running server's for as long as the system has not buried the process.
  rm -f "$1/postmaster.pid" ".s.PGSQL.$(port_of "$1")" ".s.PGSQL.$(port_of "$1").lock"
}

has_ended() {
  [[ ! -e /proc/$1 ]] || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

# --- Nodes and HAProxy ------------------------------------------------------------------------------------------------------------------

run_node() { # NODE: in a subshell of its own
  StoreFlow__Database=$(<../connection)
  export StoreFlow__Database StoreFlow__DataDirectory=$folder/$1 ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Production}
  run_storeflow --urls "http://127.0.0.1:$(port_of "$1")"
}

is_ready() { # NODE, or haproxy
  if ! is_running "$1"; then
    # As a service manager does: PostgreSQL may answer too late for a first start on a machine that has much to do.
    if [[ $1 == node-* ]] && ((restarts-- > 0)); then
      start_node "$1"
      return 1
    fi
    show_log "$1"
    fail "$1 does not start; the reason is above, and in $folder/$1.log"
  fi
  curl -sf -m 2 --noproxy '*' -o /dev/null "http://127.0.0.1:$(port_of "$1")/readyz"
}

start_node() {
  if ! is_running "$1"; then launch "$1" run_node "$1"; fi
}

run_haproxy() {
  export STOREFLOW_HAPROXY_SOCKET=$folder/haproxy.sock
  export STOREFLOW_PORT=$haproxy_port STOREFLOW_NODE1=$node1 STOREFLOW_NODE2=$node2 STOREFLOW_NODE3=$node3
  "$haproxy" -c -f "$here/haproxy.cfg" >/dev/null
  exec "$haproxy" -db -q -f "$here/haproxy.cfg" # quiet on stderr: its log has all of it
}

# --- Commands ---------------------------------------------------------------------------------------------------------------------------

node_named() {
  [[ ${1:-} =~ ^[123]$ ]] || fail "there are the nodes 1, 2 and 3"
  echo "node-$1"
}

check_programs() {
  postgres=$(find_postgres)
  haproxy=$(find_program haproxy haproxy)
  find_program curl curl >/dev/null
  storeflow=$(find_storeflow)
  if [[ $storeflow == *.dll ]]; then
    command -v dotnet >/dev/null || fail "there is no dotnet to run $storeflow: install .NET 10, or publish StoreFlow with -r linux-x64"
  fi
}

start() {
  check_programs
  take_folder
  choose_ports
  make_passwords
  start_both
  local name
  for name in node-1 node-2 node-3; do start_node "$name"; done
  for name in node-1 node-2 node-3; do wait_for "$name is not ready ($folder/$name.log)" is_ready "$name"; done
  if is_gone haproxy; then launch haproxy run_haproxy; fi
  wait_for "HAProxy passes nothing on ($folder/haproxy.log)" is_ready haproxy
  echo "StoreFlow serves at http://127.0.0.1:$haproxy_port. Its nodes: http://127.0.0.1:$node1, :$node2 and :$node3."
  if [[ ${ASPNETCORE_ENVIRONMENT:-Production} == Development ]]; then
    echo "Sign in at /dashboard as owner@demo.example with the password storeflow-demo."
  else
    echo "A new shop is made with: $0 --folder $folder storeflow setup --help"
  fi
  echo "All of it is in $folder. Stop it with: $0 --folder $folder stop"
}

stop() {
  if [[ ! -d $folder || ! -f $folder/ports ]]; then
    echo "There is no cluster in $folder."
    return
  fi
  postgres=$(find_postgres)
  read_ports
  take_folder
  local name
  for name in haproxy node-1 node-2 node-3; do end_gently "$name"; done
  # The primary first: it hands the standby what it still has.
  if [[ -f primary ]]; then
    stop_postgres "$(primary)"
    stop_postgres "$(standby)"
  fi
  echo "Stopped."
}

status() {
  read_ports
  cd -- "$folder"
  postgres=$(find_postgres)
  local name what whole=0
  for name in postgres-1 postgres-2; do
    if ! is_running "$name"; then what='is down'
    elif [[ $name == "$(primary)" ]]; then what="is the primary, port $(port_of "$name")"
    else what="is the standby, port $(port_of "$name"): $(ask "$(primary)" "SELECT state || ', ' || sync_state || ', ' ||
        pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn) || ' bytes behind' FROM pg_stat_replication" 2>/dev/null)"
    fi
    if [[ $what == 'is down' || $what == *': ' ]]; then whole=1; fi
    echo "$name $what"
  done
  for name in node-1 node-2 node-3 haproxy; do
    if ! is_running "$name"; then what='is down' whole=1
    elif curl -sf -m 2 --noproxy '*' -o /dev/null "http://127.0.0.1:$(port_of "$name")/readyz"; then what=ready
    else what='is not ready' whole=1
    fi
    echo "$name ${what/#ready/is ready}, http://127.0.0.1:$(port_of "$name")"
  done
  return "$whole"
}

promote() {
  postgres=$(find_postgres)
  read_ports
  take_folder
  local old new
  old=$(primary) new=$(standby)
  if [[ ! -f $new/standby.signal ]] || is_gone "$new"; then fail "no standby runs that could be promoted"; fi
  if is_running "$old"; then
    answers "$old" "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')" ||
      fail "the standby does not follow the primary, so orders could be lost. Promote it only where the primary is gone: kill-primary"
  fi
  kill_postgres "$old"
  echo "${new#postgres-}" >primary.new
  mv primary.new primary
  configure "$new" ''
  as_postgres "$postgres/pg_ctl" reload -s -D "$new" 9>&-
  as_postgres "$postgres/pg_ctl" promote -s -w -t "$patience" -D "$new" 9>&-
  echo "$new is the primary now, port $(port_of "$new"). It has no standby until the next: $0 --folder $folder start"
}

case $command in
  start | stop | promote) "$command" ;;
  status) if status; then exit 0; else exit 1; fi ;;
  kill-primary)
    read_ports
    take_folder
    kill_postgres "$(primary)"
    ;;
  kill-node)
    name=$(node_named "${rest[@]}")
    read_ports
    take_folder
    pid=$(pid_of "$name") || fail "$name does not run"
    kill -KILL "$pid"
    wait_for "$name does not end" is_gone "$name"
    ;;
  restart-node)
    name=$(node_named "${rest[@]}")
    check_programs
    read_ports
    take_folder
    end_gently "$name"
    start_node "$name"
    wait_for "$name is not ready ($folder/$name.log)" is_ready "$name"
    ;;
  psql)
    postgres=$(find_postgres)
    read_ports
    cd -- "$folder"
    as_postgres "$postgres/psql" -h "$folder" -p "$(port_of "$(primary)")" -d storeflow "${rest[@]}"
    ;;
  storeflow)
    storeflow=$(find_storeflow)
    read_ports
    mkdir -p "$folder/commands"
    StoreFlow__Database=$(<"$folder/connection")
    export StoreFlow__Database StoreFlow__DataDirectory=$folder/commands ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Production}
    run_storeflow "${rest[@]}"
    ;;
  '') fail "what shall I do? See --help" ;;
  *) fail "there is no command $command; see --help" ;;
esac
