#!/bin/sh
# Shows that the bundle needs no network: offline.sh ARCHIVE.tar ROOT TRACE, as root, with strace.
#   ROOT   a bare system: debootstrap --variant=minbase --include=python3,python3-venv bookworm ROOT
#   TRACE  where the calls go that name an address or send
# Installs from the archive in a network namespace with loopback alone, runs doctor, asks by command and over HTTP, and
# ends with status 1 where anything failed or a call named an address other than loopback.
set -eu
archive=$1 root=$2 trace=$3

cp "$archive" "$root/tmp/wenbao.tar"
cat > "$root/tmp/ask.py" <<'PYTHON'
import json
import time
import urllib.request

SERVER = "http://127.0.0.1:7860"
for path in ("/healthz", "/", "/config", "/embed.js", "/api/docs", "/desk/opening", "/doc/sanmen-2023"):
    with urllib.request.urlopen(SERVER + path, timeout=60) as reply:
        print(path, reply.status, len(reply.read()))
body = json.dumps({"question": "2022年全县生产总值是多少？"}).encode()
request = urllib.request.Request(SERVER + "/api/v1/ask", body, {"content-type": "application/json"})
with urllib.request.urlopen(request, timeout=60) as reply:
    answer = json.loads(reply.read())["answer"]
print("/api/v1/ask", answer)
assert answer == "332.63亿元"
time.sleep(10)  # what calls out does so in the background, a little later
PYTHON
cat > "$root/tmp/offline" <<'INSIDE'
set -eu
echo "interfaces: $(cut -d: -f1 /proc/net/dev | tail -n +3 | xargs)"
cd /tmp
tar xf wenbao.tar
cd wenbao-*/
./install.sh /opt/wenbao /var/lib/wenbao
run() { /opt/wenbao/current/bin/python -P -m "$@"; }
cd /var/lib/wenbao
run qa doctor --index index --data .
run qa ask "2022年全县生产总值是多少？" --index index
/opt/wenbao/current/bin/python -P -m ui --index index --data . > /tmp/address &
until [ -s /tmp/address ]; do kill -0 $!; sleep 0.2; done
/opt/wenbao/current/bin/python /tmp/ask.py
kill -TERM $!
wait $! || [ $? = 143 ]
INSIDE

mounted=
if [ ! -e "$root/proc/net" ]; then mount -t proc proc "$root/proc"; mounted=yes; fi
status=0
unshare --net sh -c 'ip link set lo up && exec "$@"' - \
    strace -f --seccomp-bpf -qq -e trace=connect,sendto,sendmsg,sendmmsg,bind -o "$trace" \
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh /tmp/offline || status=$?
if [ "$mounted" ]; then umount "$root/proc"; fi

seen=$(grep -c 'sa_family=AF_INET' "$trace" || true)
if grep -E 'sa_family=AF_(INET|INET6|PACKET)' "$trace" | grep -vE '"(127\.[0-9.]+|::1|0\.0\.0\.0|::)"' >&2; then status=1; fi
echo "$(wc -l < "$trace") calls, $seen of them with an address; status $status" >&2
[ "$seen" -gt 0 ] || status=1
exit $status
