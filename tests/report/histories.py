"""Histories for the report, invented from a seed, as the facts that `runmedic history import` takes (agent/store/facts.h).

make(kind) gives the lines. All end just before NOW. What the week has: legs that differ, a test that is flaky, one that is broken on one
platform, failures of several categories, fixes that were merged, stayed red and were withdrawn, reruns that helped and did not, local runs
of the same commits. `hostile` has the same shape, and every text of it wants to be something else where it is shown.
"""
import hashlib, json, random

REPO = 'acme/app'
NOW = 1795219200  # 2026-11-21T00:00:00Z, in week 47
DAY = 86400
LEGS = [('ubuntu-24.04', '3.11'), ('ubuntu-24.04', '3.12'), ('windows-2025', '3.11'), ('windows-2025', '3.12')]
KINDS = ('empty', 'day', 'week', 'year', 'hostile')
SECRET = 'ghp_' + 'A1b2C3d4' * 4 + 'E5f6'

BAD = ['<script>alert(document.domain)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '`code` ``` ~~~', '| a | b |\n| - | - |', '@octocat @acme/team',
       '#12 acme/app#34 GH-56', '4dfdd38902f094446d620ac55b3ec7dc1eaac169', '[click](https://evil.example/x)', '![x](https://evil.example/x.png)', '[ref]: https://evil.example',
       'https://evil.example/x www.evil.example mail@evil.example', '\u202egnp.exe\u202c \u2066x\u2069 \u200b', '\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07x\x07 \x07',
       '</details></summary></table></code></pre>', '<!-- runmedic:report -->', '-->', '<style>*{display:none}</style>', '<a href="javascript:alert(1)">x</a>', '&lt;b&gt; &commat;octocat',
       '**bold** __x__ ~~y~~ $x$ $$y$$', '\\', '\\|', '# head', '- [ ] task', '> quote', '::error::x ##[error]x', 'token ' + SECRET, '\ud800\udfff', '\ufffe\ufdd0', '</script><script>',
       '${{ github.token }} {{ x }}', "'-alert(1)-'", 'x' * 100000, '\u0644' * 40000, '</title><base href=//evil.example>', ']]>', 'style="background:url(//evil.example)"']

FAULTS = [('python/module-not-found', 'dependency', 'Module yaml is not installed', "ModuleNotFoundError: No module named 'yaml'", 'app/config.py', False),
          ('python/black', 'format', 'A file is not formatted', 'would reformat app/store.py', 'app/store.py', False),
          ('network/connection-reset', 'network', 'A download was cut off', 'Connection reset by peer', None, True),
          ('timeout/job', 'timeout', 'The job took too long', 'The operation was canceled.', None, True),
          ('unknown/step', 'unknown', 'A step failed', 'Process completed with exit code 3', None, False)]


class Maker:
    def __init__(self, kind, seed):
        self.random, self.hostile = random.Random(seed), kind == 'hostile'
        self.out, self.run, self.rosters, self.bad = [], 1000, {}, 0
        self.repo = REPO
        self.snippets = BAD if seed == 7 else [''.join(self.random.choice(BAD[:-1]) + self.random.choice(['', ' ', '\n']) for _ in range(4))[:2000] for _ in range(60)]
        self.tests = [self.name('tests/test_%s.py::test_%02d' % ('abcd'[i % 4], i)) for i in range(40)]

    def name(self, text):
        if not self.hostile:
            return text
        self.bad += 1
        return self.snippets[self.bad % len(self.snippets)] + ' ' + text

    def add(self, fact):
        self.out.append(json.dumps(fact, separators=(',', ':'), ensure_ascii=True))

    def roster(self):
        names = sorted(self.tests)
        line = json.dumps({'fact': 'tests', 'names': names}, separators=(',', ':'), ensure_ascii=True)
        if line not in self.rosters:
            self.rosters[line] = hashlib.sha256(line.encode()).hexdigest()
            self.out.append(line)
        return names, self.rosters[line]

    def finding(self, rule, category, title, message, path, transient):
        sig = '1:' + hashlib.sha256(title.encode()).hexdigest()
        return dict(signature=sig, rule=rule, category=category, severity='error', rank='cause', confidence=0.9, transient=transient, log_line=10, path=self.name(path) if path else None,
                    line=3, title=self.name(title), message=self.name(message), excerpt=self.name('$ pytest\nE   ' + message + '\n' + '```\n</pre>' * self.hostile))

    def job(self, at, run, attempt, leg, sha, branch, failed=(), fault=None, space='ci', workflow='CI', timed_out=False, image=None, length=None):
        names, roster = self.roster()
        took = length or self.random.randint(120, 400)
        ended = int((at + took) * 1e6)
        key = self.name('test (%s, %s)' % leg) if space == 'ci' else 'local'
        failing = [names.index(t) for t in failed]
        findings = [self.finding(*fault)] if fault else []
        if failing:
            findings.append(self.finding('python/pytest-failed', 'test', 'A test failed: ' + failed[0][-10:], 'AssertionError: assert 1 == 2', 'tests/test_a.py', False))
        red = bool(findings)
        self.add(dict(fact='execution', repository=self.repo, run=run if space == 'ci' else 0, attempt=attempt,
                      digest=None if space == 'ci' else hashlib.sha256(b'%d %d' % (run, attempt)).hexdigest(), key=key[:300], space=space, fork=False, name=key, workflow=workflow, branch=branch,
                      sha=sha, event='push', url='https://github.com/%s/actions/runs/%d' % (REPO, run), os=self.name(leg[0]), image=image, conclusion='failure' if red else 'success', started=int(at * 1e6),
                      ended=ended, step=self.name('Run tests') if red else None, command=self.name('python -m pytest') if red else None, exit_code=1 if red else 0, passed=len(names) - len(failing),
                      failed=len(failing), skipped=0, errors=0, dropped=0, findings=findings, coverage=[], linters=[], lint=[], tests=roster,
                      ms=[-1 if i in failing else self.random.randint(1, 900) for i in range(len(names))],
                      unpassed=[[i, 'failed', 12, self.name('AssertionError: got %d' % i)] for i in failing]))
        return red, ended, key, findings

    def fix(self, run, key, at, finding, fixer, outcome, sha):
        self.add(dict(fact='fix', repository=self.repo, run=run, attempt=1, digest=None, key=key[:300], at=at, fixer=fixer, rule=finding['rule'], signature=finding['signature'], tier='heal',
                      status='applied', confidence=0.9, reason=self.name('it said so'), files=self.name('app/store.py'), sha=sha, fix_branch='runmedic/fix', proof_exit=0))
        self.add(dict(fact='delivery', at=at, repository=self.repo, fixer=fixer, rule=finding['rule'], signature=finding['signature'], way='pr', workflow='CI', branch='main', base_sha='%040x' % run,
                      sha=sha, fix_branch='runmedic/fix', pull=run % 900, run=run, outcome=outcome, settled=at + 3600 * 10 ** 6 if outcome else None, reason=self.name('seen') if outcome else None))
        if outcome:
            self.add(dict(fact='outcome', at=at + 3600 * 10 ** 6, fixer=fixer, signature=finding['signature'], sha=sha, outcome=outcome))

    def ci(self, at, n):
        r = self.random
        self.run += 1
        sha, branch = '%040x' % self.run, ('main', 'main', self.name('feature/x'))[n % 3]
        fault = FAULTS[self.run % len(FAULTS)] if r.random() < 0.25 else None
        flaky, broken = self.tests[3], self.tests[7]
        for i, leg in enumerate(LEGS):
            failed = [flaky] * (r.random() < 0.08) + [broken] * (leg[0].startswith('windows') and n % 9 < 3)
            red, ended, key, findings = self.job(at + i, self.run, 1, leg, sha, branch, failed, fault if i == 0 else None)
            if red and failed == [flaky] and not (fault and i == 0):
                self.job(at + 1000 + i, self.run, 2, leg, sha, branch)
                self.add(dict(fact='rerun', at=ended, repository=self.repo, run=self.run, attempt=1, branch=branch, sha=sha, workflow='CI', signature=findings[0]['signature'], reason='flaky',
                              result='success' if n % 4 else 'failure'))
            if fault and i == 0 and fault[0].startswith('python/'):
                self.fix(self.run, key, ended, findings[0], ('python/requirements', 'python/black')[fault[0] == 'python/black'], ('merged', 'green', 'red', 'withdrawn', 'reverted', None)[self.run % 6],
                         '%040x' % (self.run + 1))
        if n % 3 == 0:
            self.job(at - 600, self.run, 1, LEGS[0], sha, branch, space='local', workflow=None)

    def days(self, count, runs):
        for day in range(count):
            for n in range(runs):
                self.ci(NOW - (count - day) * DAY + n * DAY // (runs + 1) + 3600, day * runs + n)


def make(kind, seed=7):
    m = Maker(kind, seed)
    if kind == 'day':
        m.days(1, 4)
    elif kind in ('week', 'hostile'):
        m.days(21 if seed == 7 else 8, 5)
    elif kind == 'year':
        m.days(365, 2)
    return m.out
