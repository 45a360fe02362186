# shellcheck shell=bash
# Part of ../switch-release.sh: talks to workers over the broker.

# Asks a worker over the broker, and again until it answers: Celery's own command sends one question, which is lost on a
# worker that is just starting. Usage: ask_worker CONTAINER SECONDS ping|add_consumer|cancel_consumer [QUEUE ...]
ask_worker() {
  local id=$1 answer='' part deadline=$((SECONDS + $2 + 20))
  shift
  has_console "$id" || open_console "$id"
  printf '%s\n' "$*" >&"${console_input[$id]}" || return 1
  # A read whose time is over keeps what it has read by then.
  until read -r -t 1 -u "${console_output[$id]}" part; do
    answer+=$part
    if ! has_console "$id" || [ "$SECONDS" -ge "$deadline" ]; then
      # What it still says is no answer to the next question.
      kill "${console_process[$id]}" 2>/dev/null || true
      return 1
    fi
  done
  answer+=$part
  [ "$answer" = ok ] || { printf '%s\n' "$answer" >&2; return 1; }
}

# A console that has ended must not end the script with it.
trap '' PIPE
declare -A console_process console_input console_output

has_console() {
  [ -n "${console_process[$1]:-}" ] && kill -0 "${console_process[$1]}" 2>/dev/null
}

# One process in a worker's container asks all that is asked of it: loading Celery and the application takes a second of
# a processor. It ends with its input.
open_console() {
  local input output program='
import os, signal, socket, sys, time
from celery.app.utils import find_app

worker = "celery@" + socket.gethostname()
app = find_app(os.environ["SLIPWAY_CELERY"])
# Loads the library of the broker.
app.connection_for_write().transport

# By a process and so a connection of its own: with Redis, one that waited for a reply in vain goes on waiting for a
# second, and swallows the next reply.
def answers(question, arguments):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(5)
    try:
        replies = app.control.broadcast(question, arguments, [worker], reply=True, timeout=0.25)
        os._exit(not any("ok" in reply.get(worker, {}) for reply in replies))
    finally:
        os._exit(1)

def ask(seconds, question, *queues):
    deadline = time.monotonic() + float(seconds)
    for arguments in [{"queue": queue} for queue in queues] or [{}]:
        while not answers(question, arguments):
            if time.monotonic() > deadline:
                return f"{worker} did not answer to {question} {arguments}"
    return "ok"

answer, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    print(ask(*line.split()), file=answer, flush=True)
'
  # Bash warns of a second coprocess, though it may have many as long as each has descriptors of its own.
  { coproc exec docker exec --interactive "$1" sh /run/slipway/bin/start.sh task python3 -c "$program" 2>/dev/null; } \
    2>/dev/null
  exec {input}>&"${COPROC[1]}" {output}<&"${COPROC[0]}"
  console_process[$1]=$COPROC_PID console_input[$1]=$input console_output[$1]=$output
  disown "$COPROC_PID"
}
