#!/usr/bin/env python3
"""The learners against histories with known truth.

  run.py JUDGE [--all] [--seeds N,N,...]

Always: our own small histories (tiny_history.py). Where the shared simulator is beside the tree: its quick scenarios
(--all: every one), each figure above its floor. Prints one line a check that fails, and the sum.
"""
import json, os, subprocess, sys, tempfile
sys.dont_write_bytecode = True
import tiny_history  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "..", "..", "..", "shared", "bench")
QUICK, ALL = ("small", "calm", "sparse"), ("small", "calm", "noisy", "drift", "sparse", "busy")
# What was measured over ten seeds, less a margin. (figure, is it a ceiling, floor by scenario or for all)
FLOORS = (
    ("flaky.f1", False, dict(all=0.92)),
    ("flaky.false_alarm_rate", True, dict(all=0.01)),
    ("trends.recall", False, dict(all=0.70)),
    ("trends.false_alarm_rate", True, dict(all=0.03, calm=0.02)),
    ("patterns.precision", False, dict(all=0.90)),
    ("patterns.recall", False, dict(all=0.80, small=0.65)),
    ("mttr.exact", False, dict(all=1.0)),
    ("regressions.precision", False, dict(all=0.85, small=0.60)),
    ("regressions.recall", False, dict(all=0.88)),
    ("coverage_drops.f1", False, dict(all=0.70)),
    ("lint_regressions.f1", False, dict(all=0.95)),
)
passed = failed = skipped = 0


def check(what, good, shown=""):
    global passed, failed
    if good: passed += 1
    else:
        failed += 1
        print("FAILED %s %s" % (what, shown))


def answers(judge, folder, out):
    os.makedirs(out, exist_ok=True)
    subprocess.run([judge, folder, out, "explain"], check=True)
    return {n[:-5]: json.load(open(os.path.join(out, n), encoding="utf-8")) for n in os.listdir(out) if n.endswith(".json")}


def own(judge, top, seed):
    truth = tiny_history.make(os.path.join(top, "tiny"), seed)
    a = answers(judge, os.path.join(top, "tiny"), os.path.join(top, "said"))
    again = answers(judge, os.path.join(top, "tiny"), os.path.join(top, "again"))
    name = "tiny %d: " % seed
    check(name + "the same answers again", a == again)
    called = {x["test"] for x in a["flaky"] if x["flaky"]}
    check(name + "flaky tests", len(set(truth["flaky"]) - called) <= 1, sorted(set(truth["flaky"]) - called))
    check(name + "nothing else is flaky", called <= set(truth["flaky"]), sorted(called - set(truth["flaky"])))
    check(name + "every verdict says why", all(x["why"] for x in a["flaky"]))
    kinds = {x["entity"].split(":", 3)[-1]: x["kind"] for x in a["trends"] if x["entity"].startswith("duration:test")}
    check(name + "slower tests", all(kinds[t] == "rising" for t in truth["slower"]))
    check(name + "faster tests", all(kinds[t] == "improving" for t in truth["faster"]))
    check(name + "the slow fleet is no trend", sum(k != "stable" for k in kinds.values()) <= len(truth["slower"] + truth["faster"]) + 1)
    level = {x["entity"]: x["kind"] for x in a["trends"]}
    check(name + "coverage that falls", level["uncovered:file:acme/tiny:src/0.py"] == "rising" and level["uncovered:file:acme/tiny:src/3.py"] == "stable")
    check(name + "lint that creeps", level["lint:code:acme/tiny:E501"] == "rising" and level["lint:code:acme/tiny:F401"] == "stable")
    check(name + "coverage drop", truth["drop"] in a["coverage_drops"], a["coverage_drops"])
    found = {(x["test"], x["first_bad"]) for x in a["regressions"]}
    right = len(found & set(truth["regressions"]))
    check(name + "first bad commits", right >= 0.8 * len(truth["regressions"]) and right >= 0.8 * len(found), "%d of %d, %d said" % (right, len(truth["regressions"]), len(found)))
    patterns = {(x["test"], x["dimension"]) for x in a["patterns"]}
    check(name + "flaky on one system", all((t, "os") in patterns for t in truth["windows"]), sorted(patterns))
    check(name + "the runner image", bool({(truth["image"], "image"), (truth["image"], "os")} & patterns), sorted(patterns))
    fixers = {x["fixer"]: x for x in a["fixers"]}
    check(name + "fixers", fixers["a/good"]["low"] > 0.8 and fixers["b/poor"]["low"] < 0.4 and fixers["c/worse"]["mean"] < 0.5, fixers)


def shared(judge, top, scenario, seed):
    facts, said = (os.path.join(top, x + scenario + str(seed)) for x in ("facts-", "said-"))
    subprocess.run([sys.executable, os.path.join(SHARED, "sim_history.py"), "make", scenario, "-o", facts, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
    answers(judge, facts, said)
    done = subprocess.run([sys.executable, os.path.join(SHARED, "judge_history.py"), facts, said, "--json"], check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    for what, ceiling, limits in FLOORS:
        part, figure = what.split(".")
        value, limit = figures[part][figure], limits.get(scenario, limits["all"])
        if value is not None: check("%s %d: %s" % (scenario, seed, what), value <= limit if ceiling else value >= limit, "%s, limit %s" % (value, limit))
    subprocess.run(["rm", "-rf", facts], check=True)


def main():
    global skipped
    judge = os.path.abspath(sys.argv[1])
    seeds = [int(x) for x in sys.argv[sys.argv.index("--seeds") + 1].split(",")] if "--seeds" in sys.argv else [11]
    with tempfile.TemporaryDirectory() as top:
        for seed in (1, 2): own(judge, top, seed)
        if os.path.exists(os.path.join(SHARED, "sim_history.py")):
            for seed in seeds:
                for scenario in ALL if "--all" in sys.argv else QUICK: shared(judge, top, scenario, seed)
        else:
            skipped = 1
            print("skipped: the shared simulator is not beside this tree")
    print("learn: %d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))
    sys.exit(failed > 0)


main()
