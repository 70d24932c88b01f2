#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Slurm itself, on loopback: an array job of amos score of which one task hangs and is killed, what is missing submitted
# again as amos merge says it, and the merged result compared with that of one run. Also tasks that srun starts, and mpirun
# in a job.
set -u
. tests/run/report.sh
: "${BUILD:=build}" "${PYTHON:=/usr/bin/python3}"
if [ "$(id -u)" != 0 ]; then
    echo "Skipped: all, as Slurm's daemons need root to run jobs"
    exit 0
fi
rm -rf "${BUILD:?}/slurm"
mkdir -p "$BUILD/slurm/state" "$BUILD/slurm/spool" "$BUILD/slurm/jobs"
chmod 755 "$BUILD/slurm"
work=$(cd "$BUILD/slurm" && pwd)
amos=$(cd "$BUILD" && pwd)/amos
host=$(hostname -s)
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# A socket's path has at most 107 bytes, and munged wants folders that nobody else may write.
run=$(mktemp -d) || exit 1
chmod 755 "$run"

cat >"$work/slurm.conf" <<END
ClusterName=amos
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$run/munge.socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$run/slurmctld.pid
SlurmdPidFile=$run/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
KillWait=1
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
END
printf 'CgroupAutomount=no\n' >"$work/cgroup.conf"
SLURM_CONF=$work/slurm.conf
export SLURM_CONF

end() {
    [ ! -e "$work/killed" ] || kill -KILL "$(cat "$work/killed")"
    scancel --signal=KILL --full "$(squeue -h -o %F)" && finish
    for daemon in $daemons; do kill "$daemon"; done
    wait
    rm -rf "$run"
} 2>/dev/null
daemons=''
trap end EXIT
trap 'exit 1' HUP INT TERM PIPE

start() {
    dd if=/dev/urandom of="$run/munge.key" bs=128 count=1 2>/dev/null
    chmod 400 "$run/munge.key"
    munged --foreground --key-file="$run/munge.key" --socket="$run/munge.socket" --pid-file="$run/munge.pid" \
        --log-file="$work/munge.log" --seed-file="$run/munge.seed" >"$work/munged.out" 2>&1 &
    daemons="$!"
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S "$run/munge.socket" ] || sleep 0.2; done
    slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.out" 2>&1 &
    daemons="$! $daemons"
    slurmd -D -f "$SLURM_CONF" >"$work/slurmd.out" 2>&1 &
    daemons="$! $daemons"
    for _ in $(seq 100); do
        [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && return
        sleep 0.2
    done
    tail -n 20 "$work"/*.log "$work"/*.out
    return 1
}

# Waits until no job is left.
finish() {
    for _ in $(seq 300); do
        [ -z "$(squeue -h)" ] && return
        sleep 0.2
    done
    squeue
    return 1
}

make_data() {
    "$amos" phantom "$work/set" --cases 18 --size 96x80x40 --predictions -j 2 >/dev/null &&
        "$amos" score -r "$work/set" -p "$work/set/predictions" --bootstrap 200 --json -j 2 >"$work/one.json"
}

# The job of the manual, but that the second task hangs, as on a node whose file server does not answer. (It stops itself:
# a signal from outside may come when the work is done.)
cat >"$work/job.sh" <<'END'
#!/bin/sh
#SBATCH --ntasks=1
set -- score -r set -p set/predictions --bootstrap 200 --shard auto/4 --parts parts --resume -j 1
if [ "$SLURM_ARRAY_TASK_ID" = 2 ] && [ ! -e killed ]; then
    sh -c 'kill -STOP $$; exec "$@"' sh "$AMOS" "$@" &
    echo "$!" >killed
    wait
    exit 1
fi
"$AMOS" "$@"
END

submit() { # OPTION
    (cd "$work" && AMOS=$amos sbatch --output=jobs/%A_%a.out "$@" job.sh)
}
killed() {
    submit --array=1-4 || return
    for _ in $(seq 100); do [ -e "$work/killed" ] || sleep 0.1; done
    [ -e "$work/killed" ] || return
    pid=$(cat "$work/killed") job=$(squeue -h -o %F | head -n 1)
    kill -0 "$pid" && scancel --signal=KILL --full "${job}_2" && finish
    case $(ps -o stat= -p "$pid") in '' | Z*) [ ! -e "$work/parts/2-of-4.jsonl" ] ;; *) return 1 ;; esac
}
others_are_whole() { [ "$(cd "$work/parts" && echo ./*)" = "./1-of-4.jsonl ./3-of-4.jsonl ./4-of-4.jsonl" ]; }
missing() { (cd "$work" && "$amos" merge parts --missing); }
names_it() { [ "$(missing)" = --array=2 ]; }
refuses() {
    ! (cd "$work" && "$amos" merge parts -o early.json) 2>"$work/refused" && [ ! -e "$work/early.json" ] &&
        grep -q '1 of 4 shards are missing, or not whole; run them again with --array=2 (which amos merge' "$work/refused"
}
again() { submit "$(missing)" && finish && [ -z "$(missing)" ]; }
merged() {
    (cd "$work" && "$amos" score -r set -p set/predictions --bootstrap 200 --json >one.json &&
        "$amos" merge parts --json >all.json && cmp one.json all.json)
}
# All tasks once more: none does anything.
resumed() {
    submit --array=1-4 --output=jobs/resumed_%a.out && finish &&
        [ "$(cat "$work"/jobs/resumed_*.out | grep -c 'is whole, nothing to do')" = 4 ]
}
holes() { # an array that is started again without its total
    (cd "$work" && sbatch --wait --array=2-3 --output=jobs/holes_%a.out --wrap "'$amos' check set --shard auto --parts holes") &&
        return 1
    grep -q 'which are not all from 1 on' "$work/jobs/holes_2.out" && [ ! -e "$work/holes" ]
}
by_srun() {
    (cd "$work" && srun -n 3 "$amos" stats set --shard auto --parts steps -j 1 &&
        "$amos" merge steps --json >steps.json && "$amos" stats set --json >whole.json && cmp steps.json whole.json)
}
by_mpirun() { # in a batch job, whose own variables say one process of three
    (cd "$work" && sbatch --wait -n 3 --output=jobs/mpi.out --wrap \
        "mpirun --allow-run-as-root --oversubscribe -n 3 '$amos' check set --shard auto --parts mpi -j 1" &&
        "$amos" merge mpi >mpi.txt && "$amos" check set >whole.txt && cmp mpi.txt whole.txt)
}

if start; then # not in a subshell, which would not know the daemons
    ok "munged, slurmctld and slurmd run on loopback"
else
    fail "munged, slurmctld and slurmd run on loopback"
    exit 1
fi
check "a data set with predictions" make_data
check "an array job of 4 tasks, of which the second hangs and is killed" killed
check "no part of the killed task, and three whole parts" others_are_whole
check "amos merge --missing names it as --array=2" names_it
check "amos merge refuses to make a whole of three parts" refuses
check "sbatch \$(amos merge parts --missing) runs it again" again
check "the merged scores and intervals are those of one run" merged
check "all tasks once more with --resume do nothing" resumed
check "an array with holes and no total is refused" holes
check "three tasks of srun" by_srun
check "mpirun in a batch job" by_mpirun
