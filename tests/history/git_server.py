#!/usr/bin/env python3
"""A real git server on loopback: `git http-backend` behind Python's http.server, a thread for each connection.

usage: git_server.py ROOT [--token TOKEN] [--anonymous-read] [--tls CERTIFICATE_AND_KEY]      prints its port, ends when standard input does
Repositories are ROOT/OWNER/NAME.git. With --token a push (and without --anonymous-read a fetch) takes that token as the password.
The first part of a path may ask for trouble: /hang/, /stall/ (in the middle of an answer), /status-NNN/, /away/ (to another host),
/moved/ (to the same one), /many/ (70,000 refs), /endless/, /garbage/, /race/ (the ref of ROOT/race moves just before a push is carried out).
Requests are written to ROOT/requests, one JSON object a line.
"""
import argparse, base64, json, os, re, ssl, subprocess, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACKEND = os.path.join(subprocess.run(['git', '--exec-path'], capture_output=True, text=True, check=True).stdout.strip(), 'git-http-backend')
ENV = {'PATH': os.environ['PATH'], 'LC_ALL': 'C', 'GIT_CONFIG_NOSYSTEM': '1', 'GIT_CONFIG_GLOBAL': '/dev/null', 'HOME': '/nonexistent'}
TROUBLES = ('hang', 'stall', 'away', 'moved', 'many', 'endless', 'garbage', 'race')


def git(folder, *words):
    return subprocess.run(['git', '-C', folder, *words], check=True, capture_output=True, text=True, env=ENV).stdout.strip()


def create(root, name):
    folder = os.path.join(root, name + '.git')
    os.makedirs(folder)
    for words in (['init', '-q', '--bare', '-b', 'main'], ['config', 'http.receivepack', 'true'], ['config', 'receive.autogc', 'false']):
        git(folder, *words)
    return folder


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 120

    def log_message(self, *words):
        pass

    def answer(self, status, text='', **headers):
        body = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in {'Content-Type': 'text/plain', **headers}.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if 'chunked' not in self.headers.get('Transfer-Encoding', ''):
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b';')[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b''.join(pieces)

    def trouble(self, path, query):
        """True when it was dealt with; else the path without what asked for trouble."""
        first, _, rest = path[1:].partition('/')
        if first.startswith('status-'):
            self.answer(int(first[7:]), 'no')
            return True, path
        if first not in TROUBLES:
            return False, path
        if first == 'hang':
            time.sleep(60)
            return True, path
        if first == 'stall':
            self.send_response(200)
            self.send_header('Content-Type', f'application/x-{self.service(path, query)}-advertisement')
            self.send_header('Content-Length', '100000')
            self.end_headers()
            self.wfile.write(b'001e# service=')
            self.wfile.flush()
            time.sleep(60)
            return True, path
        if first in ('away', 'moved'):
            host = f'localhost:{self.server.server_port}' if first == 'away' else self.headers['Host']
            self.answer(302, Location=f'http://{host}/{rest}?{query}')
            return True, path
        if first == 'garbage':
            self.answer(200, os.urandom(5000), Content_Type=f'application/x-{self.service(path, query)}-advertisement')
            return True, path
        if first in ('many', 'endless'):
            self.send_response(200)
            self.send_header('Content-Type', f'application/x-{self.service(path, query)}-advertisement')
            self.send_header('Connection', 'close')
            self.end_headers()
            self.lists(self.service(path, query), 70000 if first == 'many' else 1 << 30)
            self.close_connection = True
            return True, path
        if first == 'race' and self.command == 'POST' and 'receive-pack' in path:
            with open(os.path.join(self.server.root, 'race'), encoding='utf8') as f:
                name, ref, sha = f.read().split()
            git(os.path.join(self.server.root, name + '.git'), 'update-ref', ref, sha)
        return False, '/' + rest

    @staticmethod
    def service(path, query):
        return re.search(r'git-(?:receive|upload)-pack', path + query)[0]

    def lists(self, service, count):
        def line(text):
            return f'{len(text) + 5:04x}{text}\n'.encode()
        try:
            self.wfile.write(line(f'# service={service}') + b'0000')
            self.wfile.write(line(f'{"1" * 40} refs/heads/main\0report-status delete-refs side-band-64k ofs-delta'))
            for first in range(0, count, 1000):
                self.wfile.write(b''.join(line(f'{"1" * 40} refs/x/{first + i:09d}') for i in range(1000)))
            self.wfile.write(b'0000')
        except OSError:
            pass

    def allowed(self, writes):
        if not self.server.token or (self.server.anonymous and not writes):
            return True
        given = self.headers.get('Authorization', '')
        if given.startswith('Basic ') and base64.b64decode(given[6:]).decode().partition(':')[2] == self.server.token:
            return True
        self.answer(401, 'no', WWW_Authenticate='Basic realm="git"')
        return False

    def serve(self):
        path, _, query = self.path.partition('?')
        body = self.body() if self.command == 'POST' else b''
        self.server.note(method=self.command, path=path, query=query, authorization='Authorization' in self.headers)
        dealt, path = self.trouble(path, query)
        writes = 'git-receive-pack' in path + query
        if dealt or not self.allowed(writes):
            return
        name = re.match(r'/([\w.-]+/[\w.-]+)\.git/', path)
        if not name or not os.path.isdir(os.path.join(self.server.root, name[1] + '.git')):
            self.answer(404, 'Repository not found.')
            return
        env = {**ENV, 'GIT_PROJECT_ROOT': self.server.root, 'GIT_HTTP_EXPORT_ALL': '1', 'PATH_INFO': path, 'QUERY_STRING': query, 'REQUEST_METHOD': self.command,
               'CONTENT_TYPE': self.headers.get('Content-Type', ''), 'CONTENT_LENGTH': str(len(body)), 'REMOTE_USER': 't', 'REMOTE_ADDR': '127.0.0.1',
               'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''), 'GIT_COMMITTER_NAME': 't', 'GIT_COMMITTER_EMAIL': 't@example.invalid'}
        out = subprocess.run([BACKEND], input=body, capture_output=True, env=env).stdout
        head, _, rest = out.partition(b'\r\n\r\n')
        headers = dict(line.decode().split(': ', 1) for line in head.split(b'\r\n') if line)
        self.answer(int(headers.pop('Status', '200').split()[0]), rest, **headers)

    do_GET = do_POST = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, root, token=None, anonymous=False, tls=None):
        super().__init__(('127.0.0.1', 0), Handler)
        self.root, self.token, self.anonymous, self.lock = os.path.realpath(root), token, anonymous, threading.Lock()
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.requests = open(os.path.join(root, 'requests'), 'a', encoding='utf8')
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}'

    def note(self, **what):
        with self.lock:
            self.requests.write(json.dumps(what) + '\n')
            self.requests.flush()

    def handle_error(self, request, client_address):
        pass


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('root')
    parser.add_argument('--token')
    parser.add_argument('--anonymous-read', action='store_true')
    parser.add_argument('--tls')
    given = parser.parse_args()
    server = Server(given.root, given.token, given.anonymous_read, given.tls)
    sys.stdout.write(f'{server.server_port}\n')
    sys.stdout.flush()
    sys.stdin.read()
