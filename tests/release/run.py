#!/usr/bin/env python3
"""The release, dry: what tools/release makes of a repository, what it refuses, and what install.sh takes from a server.

usage: tests/release/run.py PROGRAM      RUNMEDIC_RELEASE_BINARIES: folder with runmedic-static-ARCH to use

Without RUNMEDIC_RELEASE_BINARIES scripts stand in for the binaries: they say what PROGRAM says, with the versions of the static
libraries. Nothing is compiled either way.
"""
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
FILES = ("runmedic-linux-x86_64", "runmedic-linux-aarch64")
sys.path.insert(0, os.path.join(ROOT, "tools/release"))
sys.dont_write_bytecode = True
import sbom  # noqa: E402

passed = failed = skipped = 0


def ok(what, good, more=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"release: {what}: {more}"[:2000])


def skip(what):
    global skipped
    skipped += 1
    print(f"release: skipped: {what}")


def read(path, mode="r"):
    with open(path, mode) as file:
        return file.read()


def write(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    os.chmod(path, mode)


def sha256(path):
    return hashlib.sha256(read(path, "rb")).hexdigest()


# --- A small repository that is released -------------------------------------------------------------------------------

ENV = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "RUNMEDIC_"))} | {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def run(*argv, cwd=None, **env):
    return subprocess.run(argv, cwd=cwd, env=ENV | env, capture_output=True, text=True, errors="replace", timeout=120, check=False)


def stand_in(program, arch):
    """A script that answers --version and --licenses as the static binary would."""
    text = run(program, "--licenses").stdout
    sources = sbom.read_sources(os.path.join(ROOT, "tools/static/sources.list"))
    for name, (source, _) in sbom.LIBRARIES.items():
        text = re.sub(rf"(?m)^(  {re.escape(name)} +)\S+( +)", lambda m: m[1] + sbom.upstream(sources[source]["version"]) + m[2], text)
    version = run(program, "--version").stdout.splitlines()[0]
    return f"#!/bin/sh\n# {arch}\ncase $1 in\n--version) echo '{version}' ;;\n--licenses) cat <<'END'\n{text}END\n;;\nesac\n"


def find_binaries(program, folder):
    given = os.environ.get("RUNMEDIC_RELEASE_BINARIES")
    for file in FILES:
        arch = file.rsplit("-", 1)[-1]
        own = arch if arch == "x86_64" or os.uname().machine == "aarch64" else "aarch64"
        data = read(f"{given}/runmedic-static-{arch}", "rb") if given else stand_in(program, own)
        write(f"{folder}/{file}", data, 0o755)


class Repository:
    """A repository with what the release needs, main checked out, and a builder that hands out the given binaries."""

    def __init__(self, scratch, binaries, name):
        self.path = os.path.join(scratch, name)
        self.binaries = binaries
        self.builder = os.path.join(scratch, "builder")
        self.calls = os.path.join(scratch, name + ".calls")
        for part in ("tools/release", "tools/static"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(self.path, part), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(os.path.join(ROOT, "install.sh"), self.path)
        changes = read(os.path.join(ROOT, "CHANGELOG.md"))
        self.version = re.search(r"(?m)^## (\S+) ", changes)[1]
        self.changelog(re.sub(r"(?m)^## .*$", f"## {self.version} (unreleased)", changes, count=1) + "\n## 0.0.9 (2026-01-01)\n\n- Older.\n")
        self.git("init", "-q", "-b", "main")
        self.commit()

    def changelog(self, text):
        write(os.path.join(self.path, "CHANGELOG.md"), text)

    def git(self, *argv):
        result = run("git", *argv, cwd=self.path)
        assert result.returncode == 0, (argv, result.stderr)
        return result.stdout.strip()

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "A change")

    def tool(self, name, *argv, **env):
        return run(os.path.join(self.path, "tools/release", name), *argv, cwd="/", BINARIES=self.binaries, CALLS=self.calls,
                   RUNMEDIC_RELEASE_BUILD=self.builder, **env)

    def refs(self):
        return self.git("for-each-ref"), self.git("rev-parse", "HEAD"), self.git("status", "--porcelain")


BUILDER = """#!/bin/sh
# Hands out the given binaries instead of building COMMIT. SPOIL: from which call on one byte more is in one of them.
echo "$1" >>"$CALLS"
[ -z "${FAIL:-}" ] || exit 1
cp "$BINARIES"/runmedic-linux-* "$2/"
printf 'Built-On: a test\\nBuilt-With: gcc (Test) 12.2.0, ld, for x86_64\\n' >"$2/toolchain"
if [ -n "${SPOIL:-}" ] && [ "$(wc -l <"$CALLS")" -ge "$SPOIL" ]; then echo >>"$2/runmedic-linux-aarch64"; fi
"""


def test_prepare(repo):
    before = repo.refs()
    dry = repo.tool("prepare.sh", repo.version, "--dry-run")
    ok("a dry run says what it would make", dry.returncode == 0 and "both builds are the same" in dry.stdout, dry.stderr)
    ok("a dry run changes nothing", repo.refs() == before)
    ok("it builds twice, the same commit", len(set(read(repo.calls).split())) == 1 and len(read(repo.calls).split()) == 2)
    done = repo.tool("prepare.sh", repo.version)
    ok("prepare", done.returncode == 0, done.stderr)
    tag = "v" + repo.version
    release, source = repo.git("rev-parse", tag + "^{commit}"), repo.git("rev-parse", tag + "^{commit}^")
    ok("main is the source", repo.git("rev-parse", "main") == source and repo.git("rev-parse", "main^") == before[1])
    ok("the source has the version and the date, nothing else", re.fullmatch(
        rf"-## {re.escape(repo.version)} \(unreleased\)\n\+## {re.escape(repo.version)} \(\d{{4}}-\d\d-\d\d\)",
        "\n".join(repo.git("diff", "-U0", "main^", "main").splitlines()[-2:])) and repo.git("diff", "--name-only", "main^", "main") == "CHANGELOG.md")
    tree = [line.split() for line in repo.git("diff-tree", "-r", source, release).splitlines()]
    ok("the release commit adds three files", sorted((t[1], t[4], t[5]) for t in tree) == [
        ("100644", "A", "bin/SHA256SUMS"), ("100755", "A", "bin/" + FILES[1]), ("100755", "A", "bin/" + FILES[0])], tree)
    sums = dict(reversed(line.split()) for line in repo.git("show", release + ":bin/SHA256SUMS").splitlines())
    ok("the sums are those of the binaries", sums == {file: sha256(f"{repo.binaries}/{file}") for file in FILES}, sums)
    ok("the work tree is clean and has no binaries", repo.git("status", "--porcelain") == "" and not os.path.exists(repo.path + "/bin"))
    message = repo.git("show", "-s", "--format=%B", release)
    ok("the release commit says from what and with what", f"Source: {source}" in message and "Built-With: gcc" in message, message)
    ok("a version is released once", repo.tool("prepare.sh", repo.version).returncode == 1)


def test_refusals(repo):
    def refused(what, words, *argv, **env):
        if os.path.exists(repo.calls):
            os.remove(repo.calls)
        before = repo.refs()
        result = repo.tool("prepare.sh", *(argv or [repo.version]), **env)
        ok(f"{what}: refused", result.returncode == 1 and words in result.stderr, result.stdout + result.stderr)
        ok(f"{what}: nothing changed", repo.refs() == before)

    refused("a differing second build", "two builds differ", SPOIL="2")
    refused("a failing build", "failed", FAIL="1")
    other = repo.version.rsplit(".", 1)[0] + ".999"
    refused("binaries of another version", "calls itself", other)
    for word in ("1.2", "v1.2.3", "01.2.3", "1.2.3-rc.1", "1.2.3;id", "", "1.2.3\n"):
        refused(f"version {word!r}", "version X.Y.Z" if word else "usage", word)
    major, minor, patch = map(int, repo.version.split("."))
    repo.git("tag", "v" + repo.version)
    for word in (repo.version, "0.0.1", f"{major}.{minor}.{patch + 2}", f"{major}.{minor + 2}.0", f"{major + 2}.0.0", f"{major}.{minor + 1}.1"):
        refused(f"{word} after {repo.version}", "does not follow", word)
    repo.git("tag", "-d", "v" + repo.version)
    write(repo.path + "/new", "")
    refused("an untracked file", "not clean")
    os.remove(repo.path + "/new")
    write(repo.path + "/install.sh", "changed", 0o755)
    refused("a changed file", "not clean")
    repo.git("checkout", "-q", "install.sh")
    repo.git("checkout", "-q", "-b", "other")
    refused("another branch", "branch other")
    repo.git("checkout", "-q", "--detach", "main")
    refused("a detached HEAD", "detached")
    repo.git("checkout", "-q", "main")
    repo.git("update-ref", "refs/remotes/origin/main", repo.git("commit-tree", "-m", "x", "HEAD^{tree}"))
    refused("a main that is not the published one", "not origin/main")
    repo.git("update-ref", "-d", "refs/remotes/origin/main")
    for what, text, words in (
            ("no entry", "# Changes\n\n## 0.0.9 (2026-01-01)\n\n- Older.\n", "no entry for"),
            ("no heading", "# Changes\n", "no entry"),
            ("an entry that says nothing", f"# Changes\n\n## {repo.version} (unreleased)\n\n## 0.0.9 (2026-01-01)\n\n- Older.\n", "says nothing")):
        repo.changelog(text)
        repo.commit()
        refused(what, words)
    repo.changelog(f"# Changes\n\n## {repo.version} (2026-02-03)\n\n- New.\n")
    repo.commit()
    head = repo.git("rev-parse", "HEAD")
    done = repo.tool("prepare.sh", repo.version)
    ok("a dated entry is released as it is", done.returncode == 0 and repo.git("rev-parse", f"v{repo.version}^{{commit}}^") == head
       and repo.git("rev-parse", "main") == head, done.stderr)


def test_push(scratch, binaries):
    repo = Repository(scratch, binaries, "pushed")
    origin, bundle = os.path.join(scratch, "origin.git"), os.path.join(scratch, "bundle")
    run("git", "clone", "-q", "--bare", repo.path, origin)
    repo.git("remote", "add", "origin", origin)
    repo.git("fetch", "-q", "origin")
    clone = Repository.__new__(Repository)
    clone.__dict__ = repo.__dict__ | {"path": os.path.join(scratch, "clone")}
    run("git", "clone", "-q", origin, clone.path)
    done = repo.tool("prepare.sh", repo.version, "--bundle", bundle)
    ok("prepare makes a bundle", done.returncode == 0 and os.path.exists(bundle), done.stderr)
    tag = "v" + repo.version
    ok("another version is not in it", clone.tool("push.sh", "9.9.9", bundle).returncode == 1)
    done = clone.tool("push.sh", repo.version, bundle)
    pushed = dict(reversed(line.split()) for line in run("git", "for-each-ref", "--format=%(objectname) %(refname)", cwd=origin).stdout.splitlines())
    ok("push publishes main and tag", done.returncode == 0 and pushed == {
        "refs/heads/main": repo.git("rev-parse", "main"), "refs/tags/" + tag: repo.git("rev-parse", tag)}, (done.stderr, pushed))
    # a release commit with something slipped in
    evil = repo.git("commit-tree", "-m", "x", "-p", "main", repo.git("rev-parse", "main^{tree}"))
    repo.git("tag", "v8.0.0", evil)
    repo.git("bundle", "create", "-q", bundle, "refs/tags/v8.0.0", "^main")
    before = run("git", "for-each-ref", cwd=origin).stdout
    clone.git("fetch", "-q", "origin")
    done = clone.tool("push.sh", "8.0.0", bundle)
    ok("push refuses what is no release commit", done.returncode == 1 and "not its parent plus" in done.stderr
       and run("git", "for-each-ref", cwd=origin).stdout == before, done.stderr)


def test_release(repo, scratch):
    tag, out = "v" + repo.version, os.path.join(scratch, "out")
    done = repo.tool("release.sh", tag, out, GITHUB_REPOSITORY="acme/medic", GITHUB_SERVER_URL="https://ghe.example.org")
    ok("release", done.returncode == 0, done.stderr)
    assets, bill = out + "/assets", f"runmedic-{repo.version}.spdx.json"
    ok("its files", sorted(os.listdir(assets)) == sorted([*FILES, "SHA256SUMS", "install.sh", bill]), os.listdir(assets))
    sums = dict(reversed(line.split()) for line in read(assets + "/SHA256SUMS").splitlines())
    ok("the sums", sums == {file: sha256(f"{assets}/{file}") for file in (*FILES, "install.sh", bill)}, sums)
    ok("install.sh knows the project's page", "\npage='https://ghe.example.org/acme/medic'\n" in read(assets + "/install.sh"))
    notes = read(out + "/notes.md")
    entry = re.search(r"(?ms)^## [^\n]*\n\n(.*?)\n+## ", read(repo.path + "/CHANGELOG.md"))[1]
    ok("the notes are the entry, the pin and the sums", notes.startswith(entry + "\n\n") and "Older." not in notes and "\n## " not in notes
       and repo.git("rev-parse", tag + "^{commit}") in notes and sums[FILES[0]] in notes, notes)
    again = repo.tool("release.sh", tag, out + "2", GITHUB_REPOSITORY="acme/medic", GITHUB_SERVER_URL="https://ghe.example.org")
    ok("twice is the same", again.returncode == 0 and read(f"{out}2/assets/SHA256SUMS") == read(assets + "/SHA256SUMS"), again.stderr)
    ok("nothing is written over", repo.tool("release.sh", tag, out).returncode == 1)
    spoilt = repo.tool("release.sh", tag, out + "3", SPOIL="1")
    ok("other bytes are not released", spoilt.returncode == 1 and "does not give the binaries" in spoilt.stderr, spoilt.stderr)
    test_bill(repo, assets, os.path.join(assets, bill))
    return assets


def test_bill(repo, assets, path):
    bill = json.loads(read(path))
    held = sbom.embedded(f"{assets}/runmedic-linux-{os.uname().machine}")
    libraries = {each["name"]: each for each in bill["packages"] if each["primaryPackagePurpose"] == "LIBRARY"}
    ok("the bill names what the binary holds, and libgcc", libraries.keys() == held.keys() | {"libgcc"}, libraries.keys())
    ok("versions, licences, sums and source of each", all(
        each["versionInfo"] and each["licenseDeclared"] != "NOASSERTION" and (name == "libgcc" or (
            each["checksums"] and each["externalRefs"] and held[name][0] in (None, each["versionInfo"]))) for name, each in libraries.items()))
    ok("the sum of a source is that of sources.list", all(
        each["checksums"][0]["checksumValue"] in read(ROOT + "/tools/static/sources.list")
        for name, each in libraries.items() if name != "libgcc"))
    ok("it names the page of the binary", f"https://ghe.example.org/acme/medic/releases/download/v{repo.version}/{FILES[0]}" in read(path))

    def refused(what, change):
        wrong = json.loads(read(path))
        change(wrong)
        write(assets + "/../wrong.json", json.dumps(wrong))
        result = run(repo.path + "/tools/release/sbom.py", "check", assets + "/../wrong.json", assets)
        ok(f"a bill with {what}: refused", result.returncode == 1 and result.stderr.startswith("sbom.py: "), result.stderr)

    refused("another sum", lambda b: b["packages"][0]["checksums"][0].update(checksumValue="0" * 64))
    refused("a library less", lambda b: b["relationships"].pop())
    refused("a relationship to nothing", lambda b: b["relationships"][-1].update(relatedSpdxElement="SPDXRef-nothing"))
    refused("an unknown member", lambda b: b.update(extra=1))
    refused("no namespace", lambda b: b.pop("documentNamespace"))
    refused("a package twice", lambda b: b["packages"].append(b["packages"][-1]))
    sources = read(repo.path + "/tools/static/sources.list")
    write(assets + "/../sources.list", sources.replace("source openssl 3.", "source openssl 2."))
    result = run(repo.path + "/tools/release/sbom.py", "make", "--version", "1", "--commit", "a", "--release", "b", "--page", "", "--created", "0",
                 "--toolchain", "/dev/null", "--sources", assets + "/../sources.list", assets)
    ok("a library that sources.list has in another version: refused", result.returncode == 1 and "OpenSSL" in result.stderr, result.stderr)


def test_verify(repo, assets):
    tag = "v" + repo.version
    done = repo.tool("verify.sh", tag, f"{assets}/{FILES[0]}")
    ok("verify", done.returncode == 0 and "nothing wrong" in done.stdout, done.stderr)
    done = repo.tool("verify.sh", "--rebuild", tag)
    ok("verify by building", done.returncode == 0 and "to the byte" in done.stdout, done.stderr)
    done = repo.tool("verify.sh", "--rebuild", tag, SPOIL="1")
    ok("verify sees other bytes", done.returncode == 1 and "binaries differ" in done.stderr, done.stderr)
    ok("verify sees a foreign binary", repo.tool("verify.sh", tag, "/bin/sh").returncode == 1)
    ok("verify knows no tag", "there is no tag" in repo.tool("verify.sh", "v7.7.7").stderr)
    release = tag + "^{commit}"

    def forged(what, words, make):
        repo.git("checkout", "-q", "--detach", release)
        name = make() or "v7.0.0"
        repo.git("add", "-A")
        repo.git("commit", "-q", "--amend", "--no-edit")
        repo.git("tag", "-f", name)
        done = repo.tool("verify.sh", name)
        ok(f"verify sees {what}", done.returncode == 1 and words in done.stderr, done.stdout + done.stderr)
        repo.git("tag", "-d", name)
        repo.git("checkout", "-q", "-f", "main")

    forged("a slipped-in file", "not its parent plus", lambda: write(repo.path + "/agent.c", "int x;"))
    forged("a binary without its bit", "not its parent plus", lambda: os.chmod(f"{repo.path}/bin/{FILES[0]}", 0o644))
    forged("a sum that is wrong", "not what SHA256SUMS says", lambda: write(f"{repo.path}/bin/{FILES[1]}", "other", 0o755))
    forged("a third sum", "SHA256SUMS lists", lambda: write(repo.path + "/bin/SHA256SUMS", read(repo.path + "/bin/SHA256SUMS") + "0  x\n"))
    forged("a tag of another version", "is tagged, but", lambda: None)


# --- install.sh against a server on loopback ----------------------------------------------------------------------------

class Pages(http.server.BaseHTTPRequestHandler):
    """Below /good, /forged, /short (Content-Length says more), /cut (ends early without a word), /unlisted."""
    assets = version = None

    def do_GET(self):
        kind, _, rest = self.path.lstrip("/").partition("/")
        if rest.startswith("releases/latest/download/"):
            self.send_response(302)
            self.send_header("Location", f"/{kind}/releases/download/v{self.version}/{rest.rsplit('/', 1)[1]}")
            self.end_headers()
            return
        name = rest.rsplit("/", 1)[-1]
        path = f"{self.assets}/{name}"
        if rest != f"releases/download/v{self.version}/{name}" or not os.path.isfile(path):
            self.send_error(404)
            return
        data, length = read(path, "rb"), None
        if name in FILES:
            if kind == "forged":
                data += b"\n"
            length = len(data)
            if kind in ("short", "cut"):
                data = data[:len(data) // 2]
        elif kind == "unlisted":
            data = b"0" * 64 + b"  something-else\n"
        self.send_response(200)
        if kind != "cut":
            self.send_header("Content-Length", str(length or len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


TOOLS = "sh uname mktemp mkdir chmod awk sha256sum cut tr head mv rm cat".split()


def tools_in(folder, *more):
    os.makedirs(folder)
    for tool in (*TOOLS, *more):
        os.symlink(shutil.which(tool), f"{folder}/{tool}")
    return folder


def test_install(scratch, assets, version):
    Pages.assets, Pages.version = assets, version
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = f"http://127.0.0.1:{server.server_port}"
    own = f"runmedic-linux-{os.uname().machine}"
    sum_of_own = sha256(f"{assets}/{own}")
    count = 0

    def install(kind, *argv, shell="sh", path=None, old=None, **env):
        nonlocal count
        count += 1
        home = os.path.join(scratch, f"home{count}")
        os.makedirs(home)
        target = home + "/.local/bin/runmedic"
        if old:
            write(target, old, 0o755)
        result = run(*shell.split(), os.path.join(ROOT, "install.sh"), *argv, cwd="/", HOME=home, RUNMEDIC_BASE_URL=f"{page}/{kind}",
                     **({"PATH": path} if path else {}), **env)
        # Nothing but the binary stays behind.
        left = os.listdir(os.path.dirname(target)) if os.path.isdir(os.path.dirname(target)) else []
        there = sha256(target) if os.path.exists(target) else None
        return result, there, [name for name in left if name != "runmedic"]

    def installed(what, *argv, **options):
        result, there, left = install("good", *argv, **options)
        ok(f"install: {what}", result.returncode == 0 and there == sum_of_own and not left, (result.stdout, result.stderr, left))

    def refused(what, words, kind, *argv, **options):
        old = "an older runmedic"
        result, there, left = install(kind, *argv, old=old, **options)
        ok(f"install: {what}: refused", result.returncode == 2 and words in result.stderr, (result.returncode, result.stdout, result.stderr))
        ok(f"install: {what}: what was there stays", there == hashlib.sha256(old.encode()).hexdigest() and not left, left)

    fetchers = {"wget": tools_in(scratch + "/wget", "wget")} if shutil.which("wget") else {}
    if shutil.which("curl"):
        fetchers["curl"] = tools_in(scratch + "/curl", "curl")
    if shutil.which("busybox"):
        fetchers["busybox"] = tools_in(scratch + "/busybox")
        os.symlink(shutil.which("busybox"), scratch + "/busybox/wget")
    for tool in ("curl", "wget", "busybox"):
        if tool not in fetchers:
            skip(f"install.sh with {tool}, which is not here")
            continue
        path = fetchers[tool]
        installed(f"latest, {tool} alone", path=path)
        installed(f"a version over an old one, {tool} alone", "--version", version, old="old", path=path)
        refused(f"a wrong sum, {tool}", "broken or forged", "forged", path=path)
        refused(f"a short answer, {tool}", "install.sh: ", "short", path=path)
        refused(f"a cut answer, {tool}", "broken or forged", "cut", path=path)
        refused(f"404, {tool}", "cannot download", "good", "--version", "9.9.9", path=path)
    installed("a v before the version", "--version", "v" + version)
    installed("the sum that was demanded", "--sha256", sum_of_own.upper())
    for shell in ("dash", "busybox sh", "bash --posix"):
        if shutil.which(shell.split()[0]):
            installed(shell, shell=shell)
    refused("another sum than demanded", "as demanded", "good", "--sha256", "0" * 64)
    refused("a sum that is none", "no SHA-256", "good", "--sha256", "abc")
    refused("sums without the binary", "does not list", "unlisted")
    refused("a version that is none", "no version", "good", "--version", "1/../2")
    refused("an unknown argument", "usage:", "good", "--force")
    refused("an argument without value", "needs a value", "good", "--prefix")
    bare = tools_in(scratch + "/bare")
    refused("neither curl nor wget", "neither curl nor wget", "good", path=bare)
    for machine, system, words in (("riscv64", "Linux", "no binary for riscv64"), ("arm64", "Darwin", "Linux only; this is Darwin")):
        write(f"{scratch}/{system}/uname", f"#!/bin/sh\ncase $1 in -s) echo {system} ;; *) echo {machine} ;; esac\n", 0o755)
        refused(f"{system} on {machine}", words, "good", path=f"{scratch}/{system}:{os.environ['PATH']}")
    result, there, left = install("good", "--dry-run")
    ok("install: dry run", result.returncode == 0 and "dry run" in result.stdout and sum_of_own in result.stdout and there is None, result.stderr)
    ok("install: dry run of a forged one", install("forged", "--dry-run")[0].returncode == 2)
    prefix = scratch + "/a prefix"
    result, _, _ = install("good", "--prefix", prefix)
    ok("install: another prefix, with a space", result.returncode == 0 and sha256(prefix + "/bin/runmedic") == sum_of_own, result.stderr)
    write(scratch + "/file", "")
    ok("install: a prefix that is a file", "cannot write" in install("good", "--prefix", scratch + "/file")[0].stderr)
    half = read(ROOT + "/install.sh").rsplit("main ", 1)[0]
    ok("install: half a script does nothing", run("sh", "-c", half, HOME=scratch + "/nowhere").returncode == 0 and not os.path.exists(scratch + "/nowhere"))
    server.shutdown()


# --- The workflows of the release -----------------------------------------------------------------------------------------

# Its commit could not be looked up; its job may sign and nothing else.
BY_TAG = {"actions/attest-build-provenance@v3"}


def test_workflows():
    for name in ("ci", "prepare-release", "release"):
        text = read(f"{ROOT}/.github/workflows/{name}.yml")
        ok(f"{name}: no permission but what a job asks for", "\npermissions: {}\n" in text and text.count("permissions:") == 1 + text.count("runs-on:"))
        ok(f"{name}: no expression in a command", not re.search(r"(?m)^\s*(- )?run:.*\$\{\{", text) and not re.search(r"run: [|>]", text))
        for use in re.findall(r"uses: (.+)", text):
            ok(f"{name}: {use} is pinned", use in BY_TAG or re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use))
        for script in re.findall(r"run: ((?:tools|\.ci)/\S+)", text):
            ok(f"{name}: {script} is there", os.access(os.path.join(ROOT, script), os.X_OK))


def main():
    program = os.path.realpath(sys.argv[1])
    test_workflows()
    with tempfile.TemporaryDirectory() as scratch:
        binaries = scratch + "/binaries"
        find_binaries(program, binaries)
        write(scratch + "/builder", BUILDER, 0o755)
        repo = Repository(scratch, binaries, "repo")
        test_prepare(repo)
        assets = test_release(repo, scratch)
        test_verify(repo, assets)
        test_refusals(Repository(scratch, binaries, "refusing"))
        test_push(scratch, binaries)
        test_install(scratch, assets, repo.version)
    print(f"release: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
