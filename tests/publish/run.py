#!/usr/bin/env python3
"""The bodies that go to GitHub, rendered as GitHub renders them: whatever a log holds, no tag, link, mention or reference of its own.

usage: run.py PROGRAM      (the program of tests/unit/publish/test_bodies_golden.c, which prints the bodies of logs as JSON)
cmark-gfm with --unsafe lets all HTML through, so that what would only be saved by GitHub's own filter is found, too.
"""
import glob, html.parser, json, os, random, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RENDER = ['cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink', '-e', 'tasklist']
TAGS = {'p', 'strong', 'code', 'pre', 'ul', 'li', 'details', 'summary', 'sub', 'h2', 'a'}
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
        if not re.fullmatch(r' runmedic:[0-9a-f]{16} run=\d+ attempt=\d+ verdict=[0-9a-f]{16}( signature=[0-9a-f]{16})? ', data) or len(self.comments) > 1:
            self.wrong.append('comment: %r' % data)

    def handle_data(self, data):
        if not {'code', 'pre'} & set(self.stack):
            self.prose.append(data)


def bodies(program, logs):
    out = subprocess.run([program, *logs], capture_output=True, timeout=120, check=False)
    if out.returncode != 0:
        raise RuntimeError('exit %d: %s' % (out.returncode, out.stderr.decode('utf8', 'replace')[-2000:]))
    return json.loads(out.stdout.decode('utf8'))


def wrong_with(program, logs):
    j = bodies(program, logs)
    wrong = []
    pages = {'comment': j['comment'], 'summary': j['summary']}
    for output in j['check']['outputs']:
        pages['check summary'] = output['summary']
        pages['check text'] = output.get('text', '')
        if len(output['annotations']) > 50:
            wrong.append('%d annotations' % len(output['annotations']))
    for name, text in pages.items():
        if len(text.encode('utf8')) > LIMITS[name]:
            wrong.append('%s has %d bytes' % (name, len(text.encode('utf8'))))
        page = subprocess.run(RENDER, input=text.encode('utf8'), capture_output=True, timeout=60, check=True).stdout.decode('utf8')
        wrong += ['%s: %s' % (name, w) for w in Page(page).wrong]
    for line in j['commands'].splitlines():
        if not re.match(r'::(error|warning|notice) file=[^:,\s]+(,[a-z]+=[^:,]*)*::', line):
            wrong.append('command: %s' % line)
    if len(j['status']['description']) > 140:
        wrong.append('status: %s' % j['status']['description'])
    return wrong


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
    if shutil.which('cmark-gfm') is None:
        print('skipped: cmark-gfm is not installed')
        print('publish: 0 passed, 0 failed, 1 skipped')
        return 0
    program, passed, failed = os.path.abspath(sys.argv[1]), 0, 0
    os.chdir(ROOT)
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as top:
        runs = [('real %d' % i, logs) for i, logs in enumerate(zip(*[iter(sorted(glob.glob('tests/cases/*/log.txt')))] * 8))]
        for i in range(120):
            logs = []
            for k in range(6):
                name = ''.join(rng.choice(SNIPPETS) for _ in range(2)).replace('/', '').replace('\0', '')[:60]
                logs.append(os.path.join(top, '%d-%d-%s' % (i, k, name)))
                hostile_log(logs[-1], rng)
            runs.append(('hostile %d' % i, logs))
        for name, logs in runs:
            wrong = wrong_with(program, logs)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            for w in wrong[:5]:
                print('%s: %s' % (name, w[:400]))
            if wrong and os.environ.get('KEEP'):
                shutil.copytree(top, os.environ['KEEP'], dirs_exist_ok=True)
    print('publish: %d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
