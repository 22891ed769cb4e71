"""What may lie between runmedic and GitHub: a proxy that is told of with HTTPS_PROXY, a server below another path, headers that say other things, certificates."""
import http.client, os, select, socket, subprocess, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSED_ON = ('authorization', 'accept', 'user-agent', 'x-github-api-version', 'if-none-match', 'content-type')


class Server:
    def __init__(self, handler):
        self.http = ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self.http.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.http.server_address[1]}'

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


def front(target, prefix='', headers=None, without=()):
    """Passes requests below `prefix` on to the address `target`, and answers with headers of its own."""
    host, headers = target.split('//')[1], headers or {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *_):
            pass

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
            if not self.path.startswith(prefix + '/'):
                return self.answer(404, [], b'{"message": "outside of the API"}')
            behind = http.client.HTTPConnection(host, timeout=60)
            behind.request(self.command, self.path[len(prefix):], body, {k: v for k, v in self.headers.items() if k.lower() in PASSED_ON})
            got = behind.getresponse()
            content = got.read()
            self.answer(got.status, [(k, v) for k, v in got.getheaders() if k.lower() not in ('content-length', 'connection', 'transfer-encoding', *without)], content)
            behind.close()

        do_POST = do_GET

        def answer(self, status, rows, content):
            self.send_response_only(status)
            for name, value in [(k, v) for k, v in rows if k not in {h.lower() for h in headers}] + list(headers.items()):
                self.send_header(name, value)
            if status != 304:
                self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            self.wfile.write(b'' if status == 304 else content)

    return Server(Handler)


def connect_proxy(seen):
    """A proxy for CONNECT; what it is sent before the tunnel is open is kept in `seen`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def refuse(self):
            seen.append(f'{self.requestline}\n{self.headers}')
            self.send_error(405)

        do_GET = do_POST = refuse

        def do_CONNECT(self):
            seen.append(f'{self.requestline}\n{self.headers}')
            host, port = self.path.rsplit(':', 1)
            with socket.create_connection((host, int(port)), timeout=60) as far:
                self.send_response(200)
                self.end_headers()
                self.wfile.flush()
                ends = {self.connection: far, far: self.connection}
                while True:
                    for one in select.select(list(ends), [], [], 60)[0]:
                        piece = one.recv(65536)
                        if not piece:
                            return
                        ends[one].sendall(piece)

    return Server(Handler)


def openssl(*argv):
    subprocess.run(['openssl', *argv], check=True, capture_output=True)


def certificates(folder):
    """An authority of one's own and what it says of 127.0.0.1: (bundle, certificate, key)."""
    at = lambda name: os.path.join(folder, name)
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=an authority of the tests', '-keyout', at('ca.key'), '-out', at('ca.pem'),
            '-addext', 'basicConstraints=critical,CA:TRUE')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1', '-keyout', at('server.key'), '-out', at('server.csr'))
    with open(at('extensions'), 'w') as f:
        f.write('subjectAltName=IP:127.0.0.1\n')
    openssl('x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '30', '-extfile', at('extensions'),
            '-out', at('server.pem'))
    return at('ca.pem'), at('server.pem'), at('server.key')


def key_pair(folder, name):
    """(private, public) of an App, in PEM."""
    private, public = os.path.join(folder, name + '.key'), os.path.join(folder, name + '.pub')
    openssl('genrsa', '-traditional', '-out', private, '2048')
    openssl('rsa', '-in', private, '-pubout', '-out', public)
    return open(private).read(), open(public).read()


def closed_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]
