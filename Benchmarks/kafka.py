#!/usr/bin/env python3
"""CPU and memory of agents that ship a file to Kafka: librdkafka's mock brokers (kafka_mock.c).

    Benchmarks/kafka.py                          1,500,000 zap lines of about 315 bytes, not compressed
    Benchmarks/kafka.py --lines 300000 --compression lz4 --agents needletail,rsyslog --reps 3
    Benchmarks/kafka.py --file app.log

Agents are needletail (NEEDLETAIL, or .build/release/needletail), bare (the same without record headers), rsyslog
(rsyslogd with omkafka), fluentbit (FLUENT_BIT, or from PATH) and kcat, which reads the lines and sends them as they are: no
envelope, no place kept. A run ends when the brokers hold every line; CPU seconds are the agent's own from start to end,
user and system, by wait4(2); memory is VmHWM.
"""
import argparse, os, random, re, shutil, signal, subprocess, tempfile, time

TOPIC, PARTITIONS = "logs", 4
HERE = os.path.dirname(os.path.abspath(__file__))


def write_corpus(path, count):
    """Lines as zap writes them; each has a trace of its own."""
    random.seed(1)
    callers = ["cache/redis.go:77", "http/server.go:97", "orders/handler.go:211", "storage/postgres.go:304"]
    services = ["checkout-api", "catalog", "payments", "user-profile", "inventory"]
    with open(path, "w") as out:
        for n in range(count):
            trace = "%032x" % random.getrandbits(128)
            out.write(
                '{"level":"info","ts":%d.%06d,"caller":"%s","msg":"request completed","service_name":"%s",'
                '"trace_id":"%s","span_id":"%s","request_id":"r~%010d","method":"GET",'
                '"path":"/api/v1/orders/%d","status":200,"latency":0.%06d}\n'
                % (1795341600 + n // 5000, n % 5000 * 200, callers[n % 4], services[n % 5], trace, trace[:16], n,
                   1000 + n * 7919 % 900000, n * 104729 % 1000000))


def needletail(run, headers="true"):
    conf = run.write("needletail.yml", f"""
filebeat.inputs: [{{type: filestream, id: bench, paths: ["{run.file}"]}}]
output.kafka:
  {{hosts: ["{run.brokers}"], topic: {TOPIC}, compression: {run.compression}, identity_headers: {headers}}}
path.data: "{run.dir}/data"
""")
    binary = os.environ.get("NEEDLETAIL", ".build/release/needletail")
    return [binary, "run", "-c", conf, "--strict.perms=false"]


def rsyslog(run):
    conf = run.write("rsyslog.conf", f"""
global(workDirectory="{run.dir}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
module(load="imfile" mode="inotify")
module(load="omkafka")
template(name="line" type="list") {{
  constant(value="{{\\"@timestamp\\":\\"") property(name="timegenerated" dateFormat="rfc3339")
  constant(value="\\",\\"message\\":\\"") property(name="msg" format="json")
  constant(value="\\",\\"log\\":{{\\"offset\\":") property(name="$!metadata!fileoffset")
  constant(value=",\\"file\\":{{\\"path\\":\\"") property(name="$!metadata!filename" format="json")
  constant(value="\\"}}}},\\"host\\":{{\\"name\\":\\"") property(name="$myhostname" format="json")
  constant(value="\\"}}}}")
}}
input(type="imfile" file="{run.file}" tag="bench:" ruleset="ship" addMetadata="on" persistStateInterval="20000")
ruleset(name="ship" queue.type="LinkedList" queue.size="200000" queue.dequeueBatchSize="4096"
        queue.workerThreads="2" queue.workerThreadMinimumMessages="20000") {{
  action(type="omkafka" broker=["{run.brokers}"] topic="{TOPIC}" template="line" partitions.auto="on"
         resubmitOnFailure="on" keepFailedMessages="on" failedMsgFile="{run.dir}/failed"
         confParam=["compression.codec={run.compression}", "acks=all", "linger.ms=50",
                    "queue.buffering.max.messages=500000"])
}}
""")
    return [shutil.which("rsyslogd") or "/usr/sbin/rsyslogd", "-n", "-f", conf, "-i", f"{run.dir}/pid"]


def fluentbit(run):
    program = os.environ.get("FLUENT_BIT", shutil.which("fluent-bit") or "fluent-bit")
    # A build without SQLite keeps no positions, which is cheaper for it.
    flags = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    db = f"db                {run.dir}/tail.db" if "FLB_HAVE_SQLDB" in flags else ""
    conf = run.write("fluent-bit.conf", f"""
[SERVICE]
    flush     0.2
    log_level error
[INPUT]
    name              tail
    path              {run.file}
    key               message
    path_key          file
    offset_key        offset
    read_from_head    on
    buffer_chunk_size 1M
    buffer_max_size   8M
    mem_buf_limit     256M
    threaded          on
    {db}
[OUTPUT]
    name    kafka
    match   *
    brokers {run.brokers}
    topics  {TOPIC}
    format  json
    retry_limit no_limits
    queue_full_retries 0
    rdkafka.compression.codec {run.compression}
    rdkafka.acks all
    rdkafka.queue.buffering.max.messages 500000
""")
    return [program, "-c", conf]


def kcat(run):
    return ["kcat", "-P", "-b", run.brokers, "-t", TOPIC, "-l", "-X", f"compression.codec={run.compression}", run.file]


def bare(run):
    """Without the record headers event_id and host; the id is in the event, too."""
    return needletail(run, headers="false")


AGENTS = {"needletail": needletail, "bare": bare, "rsyslog": rsyslog, "fluentbit": fluentbit, "kcat": kcat}


class Run:
    def __init__(self, name, file, compression):
        self.name, self.file, self.compression = name, os.path.abspath(file), compression
        self.dir = tempfile.mkdtemp(prefix="needletail-kafka-")
        mock = os.path.join(self.dir, "kafka_mock")
        subprocess.run(["cc", "-O2", "-o", mock, os.path.join(HERE, "kafka_mock.c"), "-lrdkafka"], check=True)
        self.mock = subprocess.Popen(
            [mock, TOPIC, str(PARTITIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.brokers = self.mock.stdout.readline().strip().removeprefix("BROKERS=")

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as out:
            out.write(text)
        return path

    def held(self):
        """Records that the brokers have taken."""
        words = ["kcat", "-Q", "-b", self.brokers]
        for partition in range(PARTITIONS):
            words += ["-t", f"{TOPIC}:{partition}:-1"]
        answer = subprocess.run(words, capture_output=True, text=True).stdout
        return sum(int(offset) for offset in re.findall(r"offset (\d+)", answer))

    def measure(self, lines, limit):
        log = open(os.path.join(self.dir, "log"), "w")
        start = time.monotonic()
        agent = subprocess.Popen(AGENTS[self.name](self), stdout=log, stderr=log)
        count = peak = 0
        while count < lines and time.monotonic() - start < limit:
            time.sleep(0.25)
            try:
                peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{agent.pid}/status").read()).group(1)))
            except (AttributeError, OSError):
                pass
            count = self.held()
        wall = time.monotonic() - start
        # One that has ended waits to be asked for its times.
        os.kill(agent.pid, signal.SIGTERM)
        usage = os.wait4(agent.pid, 0)[2]
        count = self.held()
        return dict(count=count, wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=peak)

    def end(self):
        self.mock.kill()
        self.mock.wait()
        shutil.rmtree(self.dir)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--file")
    options.add_argument("--lines", type=int, default=1_500_000)
    options.add_argument("--compression", default="none")
    options.add_argument("--agents", default="kcat,needletail")
    options.add_argument("--reps", type=int, default=1)
    options.add_argument("--limit", type=float, default=300, help="seconds for one run")
    options = options.parse_args()
    corpus = options.file or os.path.join(tempfile.gettempdir(), f"needletail-zap-{options.lines}.log")
    if not options.file and not os.path.exists(corpus):
        write_corpus(corpus, options.lines)
    size = os.path.getsize(corpus)
    lines = sum(block.count(b"\n") for block in iter(lambda f=open(corpus, "rb"): f.read(1 << 20), b""))
    print(f"{lines} lines, {size} bytes, compression {options.compression}", flush=True)
    for _ in range(options.reps):
        for name in options.agents.split(","):
            run = Run(name, corpus, options.compression)
            try:
                result = run.measure(lines, options.limit)
            finally:
                run.end()
            print(f"{name:11} {result['cpu'] / size * 1e9:7.2f} CPU s/GB  {size / result['wall'] / 1e6:7.1f} MB/s  "
                  f"{result['peak'] / 1024:6.1f} MiB  {result['count'] - lines:+d} records", flush=True)


if __name__ == "__main__":
    main()
