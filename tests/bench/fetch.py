#!/usr/bin/env python3
"""16 job logs over a link with 50 ms of delay: our fetch beside curl with a new connection for each. usage: fetch.py BUILD [logs] [delay in ms] [KB of a log]

The link is a proxy of bytes on the loopback: what it accepts, and each piece in each direction, comes half the delay late,
so that a connection costs a round trip and so does a request. Behind it two servers: the API, which redirects, and the
storage with the logs. Prints one object of JSON; bench.py compares.
"""
import asyncio, json, os, subprocess, sys, threading, time

BUILD = sys.argv[1]
LOGS = int(sys.argv[2]) if len(sys.argv) > 2 else 16
DELAY = (int(sys.argv[3]) if len(sys.argv) > 3 else 50) / 1000
KB = int(sys.argv[4]) if len(sys.argv) > 4 else 200
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BODY = b'2026-11-21T06:00:00.0000000Z a line of a job log\n' * (KB * 1024 // 49)
ports = {}


async def serve(reader, writer, storage):
    try:
        while True:
            head = (await reader.readuntil(b'\r\n\r\n')).decode('latin1')
            path = head.split(' ')[1]
            if storage:
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY)
            else:
                writer.write(f'HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:{ports["far storage"]}{path}?sig=x\r\n\r\n'.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def carry(reader, writer, first):
    """Bytes from one side to the other, each piece half a delay late; pieces on their way do not wait for each other."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()

    async def deliver():
        while True:
            when, piece = await queue.get()
            await asyncio.sleep(max(0, when - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        writer.close()

    task = asyncio.create_task(deliver())
    try:
        while piece := await reader.read(65536):
            queue.put_nowait((max(loop.time(), first) + DELAY / 2, piece))
    except ConnectionError:
        pass
    queue.put_nowait((loop.time() + DELAY / 2, b''))
    await task


async def link(reader, writer, target):
    begin = asyncio.get_running_loop().time()
    far_reader, far_writer = await asyncio.open_connection('127.0.0.1', target)
    # the handshake that the kernel did at once would have taken a round trip
    await asyncio.gather(carry(reader, far_writer, begin + DELAY), carry(far_reader, writer, begin), return_exceptions=True)


async def main(ready):
    async def listen(name, handler):
        server = await asyncio.start_server(handler, '127.0.0.1', 0, backlog=128)
        ports[name] = server.sockets[0].getsockname()[1]

    await listen('api', lambda r, w: serve(r, w, False))
    await listen('storage', lambda r, w: serve(r, w, True))
    await listen('far api', lambda r, w: link(r, w, ports['api']))
    await listen('far storage', lambda r, w: link(r, w, ports['storage']))
    ready.set()
    await asyncio.Event().wait()


def compile_ours():
    packages = 'libcurl libgit2 libcjson sqlite3 libcrypto libssl libpcre2-8 yaml-0.1 expat zlib libarchive'.split()
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', *packages], capture_output=True, text=True, check=True).stdout.split()
    out = os.path.join(BUILD, 'bench-fetch')
    subprocess.run(['gcc', '-std=c17', '-O2', '-D_GNU_SOURCE', '-I' + os.path.join(ROOT, 'agent'), '-I' + ROOT, '-o', out, os.path.join(ROOT, 'tests/bench/fetch.c'),
                    os.path.join(BUILD, 'librunmedic.a'), *flags, '-lm', '-lpthread'], check=True)
    return out


def theirs(base):
    begin = time.monotonic()
    total = 0
    for i in range(LOGS):
        total += len(subprocess.run(['curl', '-sS', '-f', '-L', '--noproxy', '*', f'{base}/logs/{i + 1}'], capture_output=True, check=True).stdout)
    return time.monotonic() - begin, total


ours = compile_ours()
ready = threading.Event()
threading.Thread(target=lambda: asyncio.run(main(ready)), daemon=True).start()
ready.wait()
base = f'http://127.0.0.1:{ports["far api"]}'
begin = time.monotonic()
took, got = subprocess.run([ours, base, str(LOGS)], capture_output=True, text=True, check=True).stdout.split()
whole = time.monotonic() - begin
peer, peer_got = theirs(base)
assert int(got) == peer_got == LOGS * len(BODY), (got, peer_got)
print(json.dumps({'logs': LOGS, 'delay_ms': round(DELAY * 1000), 'seconds': whole, 'seconds_in_fetch': float(took), 'peer_seconds': peer}))
