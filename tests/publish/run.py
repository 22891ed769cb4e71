#!/usr/bin/env python3
"""The bodies that go to GitHub, rendered as GitHub renders them: whatever a log holds, no tag, link, mention or reference of its own.

usage: run.py PROGRAM      (the program of tests/unit/publish/test_bodies_golden.c, which prints the bodies of logs as JSON; beside it lies
that of test_deliver_golden.c, which prints those of a delivery)
cmark-gfm with --unsafe lets all HTML through, so that what would only be saved by GitHub's own filter is found, too.
Suggestions are put into files as GitHub does it, and must give what `git apply` makes of the offered diff.
"""
import glob, html, html.parser, json, os, random, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RENDER = ['cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink', '-e', 'tasklist']
TAGS = {'p', 'strong', 'code', 'pre', 'ul', 'li', 'details', 'summary', 'sub', 'h2', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'}
MARKERS = [re.compile(r' runmedic:[0-9a-f]{16} run=\d+ attempt=\d+ verdict=[0-9a-f]{16}( signature=[0-9a-f]{16})? '), re.compile(r' runmedic:issue [0-9a-f]{64} '),
           re.compile(r' runmedic:fix signature=(1:[0-9a-f]+|-) base=[0-9a-zA-Z._/-]+ run=\d+ fixers=[0-9a-zA-Z._/,-]*( withdrawn)? ')]
OURS = re.compile(r'https://github\.com/acme/')
NEVER = [('mention', re.compile(r'@[A-Za-z0-9]')), ('reference', re.compile(r'#[0-9]|\bGH-[0-9]', re.I)), ('address', re.compile(r'[a-z]://|\bwww\.', re.I)),
         ('commit', re.compile(r'\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b'))]
LIMITS = {'comment': 65535, 'check summary': 65535, 'check text': 65535, 'summary': 1 << 20}

SNIPPETS = ['<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '</details></summary></code></pre>', '<a href="https://evil.example">x</a>', '<!-- runmedic:0 -->',
            '-->', '@octocat', '@acme/team', 'acme/app#12', '#12', 'GH-34', '4dfdd38902f094446d620ac55b3ec7dc1eaac169', 'acme/app@4dfdd38', 'https://evil.example/x',
            'www.evil.example', 'mail@evil.example', '[a](https://evil.example)', '![a](https://evil.example/x.png)', '[a]: https://evil.example', '<https://evil.example>',
            '`', '``', '```', '````text', '~~~', '**', '__', '*', '_', '~~', '|', '| - | - |', '$x$', '$`x`$', '\\', '\\`', '# x', '- [ ] x', '1. x', '> x', '&lt;', '&#60;',
            '&commat;octocat', '\u202e', '\u200b', '\x1b[31m', '\x07', '\t', '::error::x', '##[error]x', ':smile:', '[^1]', '\u00a0', '\u2028', '&nbsp;', '<', '>', '=====', '-----',
            'xmpp:a@b.example', 'mailto:a@b.example', 'ftp://evil.example']
FORMS = ['E   ModuleNotFoundError: No module named \'%s\'', 'src/a.py:7:3: error: %s [misc]', '%s:7:3: error: bad', 'FAILED tests/test_a.py::%s - AssertionError: %s', '##[error]%s',
         '  ● suite › %s', 'npm error 404  \'%s@1.0\' is not in this registry.', 'fatal: unable to access \'%s\': The requested URL returned error: 502',
         'error: could not find `%s` in the list', '%s']


class Page(html.parser.HTMLParser):
    """What is wrong with a rendered page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.wrong, self.prose, self.comments = [], [], [], []
        self.feed(text)
        self.close()
        if self.stack:
            self.wrong.append('open: %s' % self.stack)
        for name, never in NEVER:
            found = never.search(''.join(self.prose))
            if found:
                self.wrong.append('%s: %r' % (name, found.group()))

    def handle_starttag(self, tag, attrs):
        allowed = {'a': {'href'}, 'pre': {'lang'}, 'code': {'class'}}.get(tag, set())
        if tag not in TAGS or {name for name, _ in attrs} - allowed:
            self.wrong.append('tag: <%s %s>' % (tag, attrs))
        if tag == 'a' and not OURS.match(dict(attrs).get('href', '')):
            self.wrong.append('link: %s' % attrs)
        self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append('end of %s' % tag)

    def handle_comment(self, data):
        self.comments.append(data)
        if not any(m.fullmatch(data) for m in MARKERS) or len(self.comments) > 1:
            self.wrong.append('comment: %r' % data)

    def handle_data(self, data):
        if not {'code', 'pre'} & set(self.stack):
            self.prose.append(data)


def bodies(*command):
    out = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if out.returncode != 0:
        raise RuntimeError('exit %d: %s' % (out.returncode, out.stderr.decode('utf8', 'replace')[-2000:]))
    return json.loads(out.stdout.decode('utf8'))


def render(text):
    return subprocess.run(RENDER, input=text.encode('utf8'), capture_output=True, timeout=60, check=True).stdout.decode('utf8')


def wrong_pages(pages):
    wrong = []
    for name, text in pages.items():
        if len(text.encode('utf8')) > LIMITS.get(name, 65535):
            wrong.append('%s has %d bytes' % (name, len(text.encode('utf8'))))
        wrong += ['%s: %s' % (name, w) for w in Page(render(text)).wrong]
    return wrong


def wrong_with(program, logs):
    j = bodies(program, *logs)
    wrong = []
    pages = {'comment': j['comment'], 'summary': j['summary']}
    for output in j['check']['outputs']:
        pages['check summary'] = output['summary']
        pages['check text'] = output.get('text', '')
        if len(output['annotations']) > 50:
            wrong.append('%d annotations' % len(output['annotations']))
    wrong += wrong_pages(pages)
    for line in j['commands'].splitlines():
        if not re.match(r'::(error|warning|notice) file=[^:,\s]+(,[a-z]+=[^:,]*)*::', line):
            wrong.append('command: %s' % line)
    if len(j['status']['description']) > 140:
        wrong.append('status: %s' % j['status']['description'])
    return wrong


def wrong_delivery(program, logs):
    j = bodies(program, 'say', *logs)
    plain = [j.pop('title'), j.pop('issue title', ''), j.pop('revert').split('\n')[0]]
    wrong = ['title: %r' % p for p in plain if '\n' in p or len(p.encode('utf8')) > 250 or re.search(r'[\x00-\x1f\x7f-\x9f]', p)]
    return wrong + wrong_pages(j)


# ---- suggestions ----

WORDS = ['import os', 'def f(a, b):', '    return a', '', '  ', '\tx = "y"', '```', '````sh', '~~~', 'ä ö 💥', '-- x', '++ y', '@@ -1 +1 @@', '- a', '+ b', ' c', '\\ No newline',
         '<b>&amp;</b>', '@octocat #12', 'a = b | c', '```suggestion', 'diff --git a/x b/x', '--- a/x', '+++ b/x', 'END_OF_PATCH']


def changed(lines, rng):
    """Other lines in a few places."""
    out = list(lines)
    for _ in range(rng.randint(1, 4)):
        at, n = rng.randint(0, len(out)), rng.randint(0, 3)
        out[at:at + n] = [rng.choice(WORDS) + rng.choice(['', ' # %d' % rng.randint(0, 99)]) for _ in range(rng.randint(0, 3))]
    return out


def text_of(lines, end):
    return '\n'.join(lines) + ('\n' if lines and end else '')


def diff_of(folder, old, new):
    """What git says, without and with the lines that name the file."""
    for name, text in (('a', old), ('b', new)):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        with open(os.path.join(folder, name, 'f'), 'w', encoding='utf8', newline='') as f:
            f.write(text)
    out = subprocess.run(['git', 'diff', '--no-index', '--no-color', 'a/f', 'b/f'], cwd=folder, capture_output=True, timeout=60, check=False).stdout.decode('utf8')
    return out[out.index('@@ '):].removesuffix('\n') if '@@ ' in out else '', out


def block_of(body, language):
    """What a block holds, read by a Markdown parser where there is one."""
    if shutil.which('cmark-gfm'):
        code = re.search(r'<pre><code class="language-%s">(.*?)</code></pre>' % language, render(body), re.S)
        return html.unescape(code.group(1))
    fence = re.search(r'^(`{3,})%s\n(.*?)^\1$' % language, body, re.S | re.M)
    return fence.group(2)


def put_in(head, suggestions):
    """As GitHub does: lines first to last give way to those of the block."""
    lines = head.split('\n')
    for s in sorted(suggestions, key=lambda s: -s['first']):
        lines[s['first'] - 1:s['last']] = block_of(s['body'], 'suggestion').split('\n')[:-1]
    return '\n'.join(lines)


def wrong_suggestions(program, top, rng, count):
    """Of `count` files: how many were suggested, and what was wrong."""
    cases, files = [], []
    for _ in range(count):
        end = rng.random() < 0.9
        head = [rng.choice(WORDS) for _ in range(rng.randint(1, 40))]
        texts = [text_of(changed(head, rng), rng.random() < 0.9), text_of(head, end), text_of(changed(head, rng), end if rng.random() < 0.9 else not end)]
        if rng.random() < 0.5:
            texts[0] = ''
        pull, _ = diff_of(top, texts[0], texts[1])
        _, offer = diff_of(top, texts[1], texts[2])
        if pull and offer:
            offer = offer.replace('a/a/f', 'a/f').replace('b/b/f', 'b/f')
            cases.append({'diffs': [offer], 'patches': {'f': pull}})
            files.append((texts[1], texts[2], texts[0] == ''))
    path = os.path.join(top, 'cases.json')
    with open(path, 'w', encoding='utf8') as f:
        json.dump(cases, f)
    wrong, suggested = [], 0
    for case, (head, want, whole), answer in zip(cases, files, bodies(program, 'suggest', path)):
        suggested += bool(answer)
        if answer and put_in(head, answer) != want:
            wrong.append('suggestions give %r, not %r: %s' % (put_in(head, answer), want, json.dumps(case)))
        if not answer and whole and head.endswith('\n') == want.endswith('\n') and head and want:
            wrong.append('all lines are in the diff, and nothing was suggested: %s' % json.dumps(case))
    return suggested, len(cases), wrong


def wrong_patches(program, top, rng, count):
    """The command of the comment, run by a shell as a person would paste it."""
    cases, files = [], []
    for _ in range(count):
        head = [rng.choice(WORDS) for _ in range(rng.randint(1, 60))]
        old, new = text_of(head, rng.random() < 0.8), text_of(changed(head, rng), rng.random() < 0.8)
        offer = diff_of(top, old, new)[1]
        if offer and new:
            cases.append(offer.replace('a/a/f', 'a/f').replace('b/b/f', 'b/f'))
            files.append((old, new))
    path, place, wrong = os.path.join(top, 'cases.json'), os.path.join(top, 'place'), []
    with open(path, 'w', encoding='utf8') as f:
        json.dump(cases, f)
    os.makedirs(place, exist_ok=True)
    for case, (old, new), answer in zip(cases, files, bodies(program, 'patch', path)):
        with open(os.path.join(place, 'f'), 'w', encoding='utf8', newline='') as f:
            f.write(old)
        done = subprocess.run(['sh'], input=block_of(answer, 'sh').encode('utf8'), cwd=place, capture_output=True, timeout=60, check=False)
        with open(os.path.join(place, 'f'), encoding='utf8', newline='') as f:
            got = f.read()
        if done.returncode != 0 or got != new:
            wrong.append('%s: the command gives %r: %s' % (done.stderr.decode('utf8', 'replace'), got, json.dumps(case)))
    return len(cases), wrong


def hostile_log(path, rng):
    def text():
        return ''.join(rng.choice(SNIPPETS) + rng.choice(['', ' ', ' ', '\n' if rng.random() < 0.1 else '']) for _ in range(rng.randint(1, 6)))
    lines = ['##[group]Run %s' % text(), 'shell: /usr/bin/bash -e {0}', '##[endgroup]']
    for _ in range(rng.randint(1, 12)):
        form = rng.choice(FORMS)
        lines.append(form % tuple(text() for _ in range(form.count('%s'))))
    lines.append('##[error]Process completed with exit code 1.')
    with open(path, 'w', encoding='utf8') as f:
        f.write('\n'.join(lines) + '\n')


def main():
    program, passed, failed, skipped = os.path.abspath(sys.argv[1]), 0, 0, 0
    deliver = os.path.join(os.path.dirname(program), 'test_deliver_golden')
    os.chdir(ROOT)
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as top:
        suggested, count, wrong = wrong_suggestions(deliver, top, rng, 400)
        passed, failed = passed + count - len(wrong), failed + len(wrong)
        for w in wrong[:5]:
            print(w[:2000])
        print('%d of %d offers were suggested' % (suggested, count))
        if suggested * 4 < count:
            print('too few offers were suggested')
            failed += 1
        count, wrong = wrong_patches(deliver, top, rng, 100)
        passed, failed = passed + count - len(wrong), failed + len(wrong)
        for w in wrong[:5]:
            print(w[:2000])
        if shutil.which('cmark-gfm') is None:
            print('skipped: cmark-gfm is not installed')
            skipped += 1
        runs = [('real %d' % i, logs) for i, logs in enumerate(zip(*[iter(sorted(glob.glob('tests/cases/*/log.txt')))] * 8))]
        for i in range(120):
            logs = []
            for k in range(6):
                name = ''.join(rng.choice(SNIPPETS) for _ in range(2)).replace('/', '').replace('\0', '')[:60]
                logs.append(os.path.join(top, '%d-%d-%s' % (i, k, name)))
                hostile_log(logs[-1], rng)
            runs.append(('hostile %d' % i, logs))
        for name, logs in runs if not skipped else []:
            wrong = wrong_with(program, logs) + wrong_delivery(deliver, logs)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            for w in wrong[:5]:
                print('%s: %s' % (name, w[:400]))
            if wrong and os.environ.get('KEEP'):
                shutil.copytree(top, os.environ['KEEP'], dirs_exist_ok=True)
    print('publish: %d passed, %d failed%s' % (passed, failed, ', %d skipped' % skipped if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
