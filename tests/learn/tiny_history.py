"""A small history with known truth, invented from a seed: 40 days of one repository, 60 tests on 4 legs.

make(folder, seed) writes the facts as NDJSON (the form that judge.c reads) and returns the truth. What is planted: flaky
tests (anywhere, on one system, around midnight), commits that break tests until a later one mends them, some on one
system or with one version only, a runner image that breaks a test while it is rolled out job by job, an incident of the
network, tests that get slower or faster under a fleet that is slow for some days, a file that loses coverage, a lint
code that creeps, and a fixer that got worse.
"""
import json, os, random

DAY, START = 86400, 1772409600  # 2026-03-02, a Monday
REPO = "acme/tiny"
LEGS = [(o, v) for o in ("ubuntu", "windows") for v in ("3.8", "3.12")]


def iso(t):
    import datetime
    return datetime.datetime.fromtimestamp(int(t), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Tiny:
    def __init__(self, folder, seed):
        os.makedirs(folder, exist_ok=True)
        names = "runs jobs tests suites coverage lint fixes".split()
        self.files = {n: open(os.path.join(folder, n + ".ndjson"), "w", encoding="utf-8") for n in names}
        self.random = random.Random(seed)
        self.tests = ["tests/test_%s.py::test_%d" % ("abcdef"[i % 6], i) for i in range(60)]
        self.run = 0
        pool = self.random.sample(self.tests, 20)
        self.flaky = {t: dict(rate=0.02 + 0.03 * self.random.random(), when=w)
                      for t, w in zip(pool[:6], ("any", "any", "any", "os", "os", "night"))}
        for f in self.flaky.values():
            if f["when"] == "os": f["rate"] *= 2
            if f["when"] == "night": f["rate"] = 0.3
        self.image_test, self.net_tests = pool[6], pool[7:11]
        self.breakable = pool[11:20]
        moving = [t for t in self.tests if t not in pool]
        self.slower, self.faster = moving[:4], moving[4:6]
        self.broken = {}  # test -> (message, system, version, commits left)
        self.first_bad = []

    def emit(self, name, **row):
        self.files[name].write(json.dumps(row, separators=(",", ":")) + "\n")

    def fails(self, test, leg, image, hour, incident, number):
        r, f = self.random, self.flaky.get(test)
        if test in self.broken:
            message, system, version, _ = self.broken[test]
            if (not system or leg[0] == system) and (not version or leg[1] == version): return message
        if test == self.image_test and image == "windows@2": return "OSError: cannot load library 'gdi'"
        if test in self.net_tests and incident and r.random() < 0.5: return "ConnectionError: api.example.org: Max retries exceeded"
        if not f or (f["when"] == "os" and leg[0] != "windows") or (f["when"] == "night" and 2 <= hour < 22): return None
        return "AssertionError: %s: got %d items" % (test[-6:], number % 9) if r.random() < f["rate"] else None

    def job(self, leg, t, sha, incident):
        r, day = self.random, (t - START) / DAY
        new = leg[0] == "windows" and day > 20 and r.random() < (day - 20) / 3
        healed = day > 24
        image = "%s@%d" % (leg[0], 1 + (new or (leg[0] == "windows" and healed)))
        noise = (1 + 0.3 * (0.3 < (day - 10) / 10 < 0.8)) * (0.9 + 0.2 * r.random())
        rows = []
        for i, test in enumerate(self.tests):
            why = None if test == self.image_test and healed else self.fails(test, leg, image, t % DAY // 3600, incident, self.run + i)
            ms = (20 + 5 * i) * noise * (0.95 + 0.1 * r.random())
            if test in self.slower: ms *= 1 + 0.8 * max(0, day - 12) / 28
            if test in self.faster: ms /= 1 + 0.8 * max(0, day - 12) / 28
            rows.append((test, why, int(ms) + 1))
        name = "test (%s, %s)" % leg
        bad = [x for x in rows if x[1]]
        self.emit("jobs", repo=REPO, run=self.run, attempt=1, job=name, kind="test", space="ci", os=leg[0], version=leg[1], image=image, suite=0, rows="all",
                  ran=len(rows), failed=len(bad), conclusion="failure" if bad else "success", started=iso(t), ended=iso(t + 60 + sum(x[2] for x in rows) / 1000),
                  category="test" if bad else None, text=None)
        for test, why, ms in rows:
            row = dict(run=self.run, attempt=1, job=name, space="ci", test=test, outcome="failed" if why else "passed", ms=ms)
            self.emit("tests", **(dict(row, message=why) if why else row))
        return bool(bad)

    def lost_job(self, t):
        self.emit("jobs", repo=REPO, run=self.run, attempt=1, job="fetch", kind="test", space="ci", os="ubuntu", version="3.12", image="ubuntu@1", suite=0, rows="all",
                  ran=0, failed=0, conclusion="failure", started=iso(t), ended=iso(t + 90), category="network", text="Could not resolve host")

    def commit(self, t):
        r = self.random
        for test, (m, o, v, left) in list(self.broken.items()):
            if left == 0: del self.broken[test]
            else: self.broken[test] = (m, o, v, left - 1)
        sha = "%040x" % r.getrandbits(160)
        if r.random() < 0.06:
            test = r.choice(self.breakable)
            if test not in self.broken:
                o, v = r.choice(((None, None), (None, None), ("windows", None), (None, "3.8")))
                word = "".join(r.choice("abcdefghijklmnop") for _ in range(8))
                self.broken[test] = ("KeyError: '%s'" % word, o, v, r.randint(1, 4))
                self.first_bad.append((test, sha))
        return sha

    def ci(self, t, sha, workflow):
        self.run += 1
        incident = abs(t - self.incident) < 7200
        if incident:
            for k in range(3): self.lost_job(t + k)
        red = any([self.job(leg, t + 5 + i, sha, incident) for i, leg in enumerate(LEGS)]) or incident
        self.emit("runs", repo=REPO, run=self.run, attempt=1, workflow=workflow, event="push", space="ci", branch="main", sha=sha, started=iso(t), ended=iso(t + 200),
                  conclusion="failure" if red else "success")
        return red

    def quality(self, t, sha, n):
        r, day = self.random, (t - START) / DAY
        for k in range(12):
            share = 0.2 + 0.004 * r.random() + (0.15 * day / 40 if k == 0 else 0) + (0.1 if k == 1 and 100 <= n < 110 else 0)
            if k == 1 and n == 100: self.drop = dict(repo=REPO, sha=sha, file="src/1.py")
            self.emit("coverage", repo=REPO, sha=sha, time=iso(t), file="src/%d.py" % k, lines=1000, covered=int(1000 * (1 - share)))
        self.creep += r.random() < 0.3
        self.emit("lint", repo=REPO, sha=sha, time=iso(t), tool="flake8", file="src/0.py", code="E501", severity="warning", count=5 + self.creep)
        self.emit("lint", repo=REPO, sha=sha, time=iso(t), tool="flake8", file="src/2.py", code="F401", severity="error", count=4 + (3 if 60 <= n < 66 else 0))

    def fixes(self):
        for fixer, p, q in (("a/good", 0.95, 0.95), ("b/poor", 0.3, 0.3), ("c/worse", 0.95, 0.2)):
            for i in range(60):
                good = self.random.random() < (p if i < 35 else q)
                self.emit("fixes", repo=REPO, fix="%s-%d" % (fixer, i), fixer=fixer, rule=fixer, signature="%016x" % i, branch="main", time=iso(START + i * DAY / 2),
                          ended=iso(START + i * DAY / 2 + 600), outcome="green" if good else "red", final="merged" if good else "withdrawn")

    def make(self):
        r = self.random
        self.emit("suites", repo=REPO, suite=0, sha=None, time=iso(START), add=self.tests, remove=[], skip={})
        self.incident, self.creep = START + 15 * DAY + 12 * 3600, 0
        for day in range(40):
            for n in range(7):
                t = START + day * DAY + (3.3 * n + 0.3 * r.random()) * 3600
                sha = self.commit(t)
                red = self.ci(t, sha, "ci")
                if red and r.random() < 0.3: self.ci(t + 900, sha, "again")
                self.quality(t, sha, day * 7 + n)
        self.fixes()
        for f in self.files.values(): f.close()
        return dict(flaky=sorted(self.flaky), broken=sorted({t for t, _ in self.first_bad} | {self.image_test}), regressions=self.first_bad,
                    slower=self.slower, faster=self.faster, drop=self.drop, image=self.image_test,
                    windows=sorted(t for t, f in self.flaky.items() if f["when"] == "os"))


def make(folder, seed): return Tiny(folder, seed).make()
