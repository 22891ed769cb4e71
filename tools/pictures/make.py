#!/usr/bin/env python3
"""Makes docs/pictures/*.png: what a delivery looks like on GitHub.

usage: tools/pictures/make.py [NAME]...      (run it in any folder; needs cmark-gfm and chromium)
The words are those of runmedic: the pages of tests/unit/publish/golden, which its tests hold to what the functions
write. Only the frame around them is drawn here.
"""
import html, os, re, shutil, struct, subprocess, sys, tempfile, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GOLDEN = os.path.join(ROOT, 'tests/unit/publish/golden')
TO = os.path.join(ROOT, 'docs/pictures')
RENDER = ['cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink', '-e', 'tasklist']
BYTES_MAX = 100 * 1000
WIDTH = 860


def read(name, folder=GOLDEN):
    with open(os.path.join(folder, name), encoding='utf8') as f:
        return f.read()


def render(text):
    return subprocess.run(RENDER, input=text.encode('utf8'), capture_output=True, check=True).stdout.decode('utf8')


def box(text, did='commented', more=''):
    return ('<div class="box"><div class="head"><b>github-actions</b> <span class="bot">bot</span> %s</div><div class="body">%s</div>%s</div>'
            % (did, render(text), more))


def head(title, number, state, what):
    word = {'open': 'Open', 'closed': 'Closed', 'draft': 'Draft'}[state]
    return '<h1>%s <span>#%d</span></h1><div class="what"><span class="state %s">%s</span> %s</div>' % (html.escape(title), number, state, word, what)


WANTS = 'github-actions wants to merge 1 commit into <code>topic</code> from <code>runmedic/989cf23f1313-5f2a1c</code>'


def pull():
    return head(read('deliver.title.txt'), 12, 'open', WANTS) + box(read('deliver.pull.md'))


def withdrawn():
    body = '<div class="cut">%s</div>' % box(read('deliver.withdrawn.md'))
    return (head(read('deliver.title.txt'), 12, 'closed', WANTS) + body + box(read('deliver.withdrawal.md'))
            + '<div class="event">github-actions closed this and deleted the branch</div>')


def comment():
    return box(read('deliver.patch.comment.md'))


def lines_of(path):
    return read(path, os.path.join(ROOT, 'tests/cases/py-black-diff-printed/repo')).split('\n')


def suggestion():
    page = box(read('deliver.review.md'), 'reviewed')
    for part in re.split(r'\n(?=\S+:\d+-\d+\n)', read('deliver.suggestions.txt')):
        where, body = part.split('\n', 1)
        path, first, last = re.fullmatch(r'(\S+):(\d+)-(\d+)', where).groups()
        words, block = re.fullmatch(r'(.*?)\n\n```suggestion\n(.*)```\s*', body, re.S).groups()
        if not path.startswith('src/'):
            continue
        old = lines_of(path)[int(first) - 1:int(last)]
        rows = ['<div class="old">- %s</div>' % html.escape(line) for line in old]
        rows += ['<div class="new">+ %s</div>' % html.escape(line) for line in block.split('\n')[:-1]]
        page += ('<div class="box"><div class="head"><span class="file">%s</span> lines %s to %s</div><div class="body">%s</div><div class="hunk">%s</div>'
                 '<div class="body"><span class="button">Commit suggestion</span><span class="button">Add suggestion to batch</span></div></div>'
                 % (path, first, last, render(words), ''.join(rows)))
    return page


PICTURES = {'pull': pull, 'comment': comment, 'suggestion': suggestion, 'withdrawn': withdrawn}


# ---- to a small PNG ----

def browser(*arguments):
    program = next((p for p in ('chromium', 'chromium-browser', 'google-chrome') if shutil.which(p)), None)
    if not program:
        sys.exit('make.py: chromium is not installed')
    command = [program, '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1', *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode('utf8', 'replace')


def chunks(data):
    at = 8
    while at < len(data):
        size, name = struct.unpack('>I4s', data[at:at + 8])
        yield name, data[at + 8:at + 8 + size]
        at += 12 + size


def pixels(data):
    """Rows of RGB triples of a PNG of 8 bit without interlacing."""
    parts = list(chunks(data))
    width, height, depth, kind = struct.unpack('>IIBB', parts[0][1][:10])
    size = {2: 3, 6: 4}[kind]
    assert depth == 8
    raw, above, rows = zlib.decompress(b''.join(p for n, p in parts if n == b'IDAT')), bytearray(width * size), []
    for y in range(height):
        start = y * (width * size + 1)
        how, row = raw[start], bytearray(raw[start + 1:start + 1 + width * size])
        for i in range(len(row)):
            a, b, c = row[i - size] if i >= size else 0, above[i], above[i - size] if i >= size else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, near)[how]) & 255
        rows.append([tuple(row[i:i + 3]) for i in range(0, len(row), size)])
        above = row
    return rows


def with_palette(rows):
    """The same picture in at most 256 colours, rounded as little as that needs."""
    for bits in range(8, 2, -1):
        mask = (0xff << (8 - bits)) & 0xff
        table = {}
        for row in rows:
            for p in row:
                table.setdefault(tuple(v & mask for v in p), p)
        if len(table) <= 256:
            break
    order = {key: i for i, key in enumerate(table)}
    body = b''.join(b'\0' + bytes(order[tuple(v & mask for v in p)] for p in row) for row in rows)

    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', len(rows[0]), len(rows), 8, 3, 0, 0, 0))
            + chunk(b'PLTE', bytes(v for p in table.values() for v in p)) + chunk(b'IDAT', zlib.compress(body, 9)) + chunk(b'IEND', b''))


def draw(name, top):
    page, shot = os.path.join(top, name + '.html'), os.path.join(top, name + '.png')
    with open(page, 'w', encoding='utf8') as f:
        f.write('<!doctype html><meta charset="utf-8"><style>%s</style><body>%s<script>document.title = document.body.scrollHeight</script>'
                % (read('style.css', HERE), PICTURES[name]()))
    dom = browser('--dump-dom', '--window-size=%d,200' % WIDTH, 'file://' + page)
    height = int(re.search(r'<title>(\d+)</title>', dom).group(1))
    browser('--screenshot=' + shot, '--window-size=%d,%d' % (WIDTH, height), 'file://' + page)
    with open(shot, 'rb') as f:
        small = with_palette(pixels(f.read()))
    if len(small) > BYTES_MAX:
        sys.exit('make.py: %s has %d bytes' % (name, len(small)))
    with open(os.path.join(TO, name + '.png'), 'wb') as f:
        f.write(small)
    print('%s: %d x %d, %d bytes' % (name, WIDTH, height, len(small)))


def main():
    os.makedirs(TO, exist_ok=True)
    with tempfile.TemporaryDirectory() as top:
        for name in sys.argv[1:] or PICTURES:
            draw(name, top)


if __name__ == '__main__':
    main()
