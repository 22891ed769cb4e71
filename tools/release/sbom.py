#!/usr/bin/python3
"""The bill of materials of a release, in SPDX 2.3 JSON.

usage: sbom.py make --version V --commit A --release B --page URL --created SECONDS --toolchain FILE --sources LIST ASSETS
       sbom.py check FILE ASSETS

What is in the binary is asked of the binary (`--licenses`), where it comes from of tools/static/sources.list. When the two
do not agree there is no bill. ASSETS is the folder with the two binaries.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse

ARCHES = ("x86_64", "aarch64")
# Name as `--licenses` says it: source package in sources.list, licence in SPDX's words.
LIBRARIES = {
    "libcurl": ("curl", "curl"),
    "libgit2": ("libgit2", "GPL-2.0-only WITH GCC-exception-2.0"),
    "cJSON": ("cjson", "MIT"),
    "SQLite": ("sqlite3", "blessing"),
    "OpenSSL": ("openssl", "Apache-2.0"),
    "PCRE2": ("pcre2", "BSD-3-Clause WITH PCRE2-exception"),
    "libyaml": ("libyaml", "MIT"),
    "expat": ("expat", "MIT"),
    "libarchive": ("libarchive", "BSD-2-Clause"),
    "libmicrohttpd": ("libmicrohttpd", "LGPL-2.1-or-later"),
    "zlib": ("zlib", "Zlib"),
    "musl": ("musl", "MIT"),
    "http-parser": ("http-parser", "MIT"),
    "mimalloc": ("mimalloc", "MIT"),
}
# The compiler's own support code, which it links in.
LIBGCC_LICENCE = "GPL-3.0-or-later WITH GCC-exception-3.1"


class Refused(Exception):
    pass


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_sources(path):
    """{package: {"version", "suite", "files": {name: sha256}}}"""
    sources, entry = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            if words[:1] == ["source"]:
                entry = sources[words[1]] = {"version": words[2], "suite": words[3], "files": {}}
            elif len(words) == 2:
                entry["files"][words[1]] = words[0]
    return sources


def upstream(debian):
    """1:1.3.dfsg+really1.3.1-1 is zlib 1.3.1."""
    version = re.sub(r"-[^-]*$", "", debian.split(":", 1)[-1])
    return re.sub(r"[.+](ds|dfsg)\d*$", "", version.split("+really")[-1])


def embedded(binary):
    """What the binary says it holds: {name: (version or None, copyright or None)}"""
    text = subprocess.run([binary, "--licenses"], capture_output=True, text=True, check=True).stdout
    found = {m[1]: (m[2], m[3]) for m in re.finditer(r"(?m)^  (\S+) +(\S+) +[^;\n]+; (.+)$", text)}
    also = re.search(r"(?m)^A static binary also holds (.+)\.$", text)
    if not found or not also:
        raise Refused("`--licenses` of the binary cannot be understood")
    return found | {name: (None, None) for name in re.findall(r"([\w-]+) \([^)]*\)", also[1])}


def package(ident, name, licence, copyright_text, **more):
    return {
        "SPDXID": f"SPDXRef-{ident}",
        "name": name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": copyright_text or "NOASSERTION",
    } | more


def library(name, version, copyright_text, sources):
    if name not in LIBRARIES:
        raise Refused(f"the binary holds {name}, of which this script knows no source and licence")
    source, licence = LIBRARIES[name]
    if source not in sources:
        raise Refused(f"sources.list has no source {source} for {name}")
    entry = sources[source]
    if version not in (None, upstream(entry["version"])):
        raise Refused(f"the binary holds {name} {version}, sources.list has {entry['version']}")
    # The .dsc names all other files with their sums.
    main = next(file for file in entry["files"] if file.endswith(".dsc"))
    purl = f"pkg:deb/debian/{source}@{urllib.parse.quote(entry['version'], safe='~:')}?arch=source&distro={entry['suite']}"
    return package(
        name, name, licence, copyright_text,
        versionInfo=upstream(entry["version"]),
        supplier="Organization: Debian",
        packageFileName=main,
        checksums=[{"algorithm": "SHA256", "checksumValue": entry["files"][main]}],
        sourceInfo=f"Debian source package {source} {entry['version']} of {entry['suite']}, with Debian's patches: "
        + ", ".join(f"{file} sha256:{digest}" for file, digest in sorted(entry["files"].items())),
        externalRefs=[{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
        primaryPackagePurpose="LIBRARY",
    )


def libgcc(toolchain):
    version = re.search(r"Built-With: \S*gcc.*? (\d+\.\d+\.\d+)", toolchain)
    return package("libgcc", "libgcc", LIBGCC_LICENCE, "Free Software Foundation, Inc.",
                   primaryPackagePurpose="LIBRARY", **({"versionInfo": version[1]} if version else {}))


def relation(a, kind, b):
    return {"spdxElementId": f"SPDXRef-{a}", "relationshipType": kind, "relatedSpdxElement": f"SPDXRef-{b}"}


def ident_of(file):
    """An SPDXID knows no underscore."""
    return file.replace("_", "-")


def products(args, toolchain):
    for arch in ARCHES:
        file = f"runmedic-linux-{arch}"
        where = {"downloadLocation": f"{args.page}/releases/download/v{args.version}/{file}"} if args.page else {}
        yield package(
            ident_of(file), "runmedic", "Apache-2.0", "the runmedic contributors",
            versionInfo=args.version, packageFileName=file, primaryPackagePurpose="APPLICATION",
            checksums=[{"algorithm": "SHA256", "checksumValue": sha256(os.path.join(args.assets, file))}],
            comment=" ".join(toolchain.split("\n")).strip() or "NOASSERTION",
        ) | where


def make(args):
    with open(args.toolchain, encoding="utf-8") as file:
        toolchain = file.read()
    sources = read_sources(args.sources)
    held = embedded(os.path.join(args.assets, f"runmedic-linux-{os.uname().machine}"))
    libraries = [library(name, *held[name], sources) for name in sorted(held)] + [libgcc(toolchain)]
    binaries = list(products(args, toolchain))
    source = package("source", "runmedic source", "Apache-2.0", "the runmedic contributors", versionInfo=args.commit,
                     primaryPackagePurpose="SOURCE", **({"downloadLocation": f"git+{args.page}@{args.commit}"} if args.page else {}))
    created = datetime.datetime.fromtimestamp(args.created, datetime.timezone.utc)
    names = [each["SPDXID"].removeprefix("SPDXRef-") for each in binaries]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"runmedic-{args.version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/runmedic-{args.version}-{args.release}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": [f"Tool: runmedic-sbom-{args.version}"]},
        "packages": binaries + [source] + libraries,
        "relationships": [relation("DOCUMENT", "DESCRIBES", name) for name in names]
        + [relation(name, "GENERATED_FROM", "source") for name in names]
        + [relation(name, "STATIC_LINK", each["SPDXID"].removeprefix("SPDXRef-")) for name in names for each in libraries],
    }


# --- check: what SPDX 2.3 demands of such a document, and what we demand of ours ---------------------------------------

IDENT = r"SPDXRef-[A-Za-z0-9.-]+"
TEXT = r"(?s).+"
URI = r"(NOASSERTION|NONE|(git\+)?https?://[^\s#]+)"
LICENCE = r"(NOASSERTION|[A-Za-z0-9.+-]+( WITH [A-Za-z0-9.-]+)?)"
DOCUMENT = {
    "spdxVersion": r"SPDX-2\.3", "dataLicense": r"CC0-1\.0", "SPDXID": r"SPDXRef-DOCUMENT", "name": TEXT,
    "documentNamespace": r"https?://[^\s#]+", "creationInfo": {
        "created": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "creators": [r"(Tool|Organization|Person): .+"]},
    "packages": [{
        "SPDXID": IDENT, "name": TEXT, "downloadLocation": URI, "filesAnalyzed": False, "licenseConcluded": LICENCE,
        "licenseDeclared": LICENCE, "copyrightText": TEXT, "versionInfo?": TEXT, "supplier?": r"(Organization: .+|NOASSERTION)",
        "packageFileName?": TEXT, "checksums?": [{"algorithm": r"SHA256", "checksumValue": r"[0-9a-f]{64}"}], "sourceInfo?": TEXT,
        "externalRefs?": [{"referenceCategory": r"PACKAGE-MANAGER", "referenceType": r"purl", "referenceLocator": r"pkg:[a-z]+/\S+"}],
        "primaryPackagePurpose": r"APPLICATION|LIBRARY|SOURCE", "comment?": TEXT}],
    "relationships": [{"spdxElementId": IDENT, "relationshipType": r"DESCRIBES|GENERATED_FROM|STATIC_LINK", "relatedSpdxElement": IDENT}],
}


def conform(value, shape, where):
    """Every member that the shape names, none that it does not ("?": optional), each text as its pattern says."""
    if isinstance(shape, dict):
        names = {name.rstrip("?"): name for name in shape}
        for name in value.keys() - names.keys():
            raise Refused(f"{where}.{name} is not known")
        for name, key in names.items():
            if name in value:
                conform(value[name], shape[key], f"{where}.{name}")
            elif not key.endswith("?"):
                raise Refused(f"{where}.{name} is missing")
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            raise Refused(f"{where} is no list or empty")
        for i, each in enumerate(value):
            conform(each, shape[0], f"{where}[{i}]")
    elif isinstance(shape, bool):
        if value is not shape:
            raise Refused(f"{where} is not {shape}")
    elif not isinstance(value, str) or not re.fullmatch(shape, value):
        raise Refused(f"{where} is {value!r}")


def check(args):
    with open(args.file, encoding="utf-8") as file:
        document = json.load(file)
    conform(document, DOCUMENT, "document")
    packages = {each["SPDXID"]: each for each in document["packages"]}
    if len(packages) != len(document["packages"]):
        raise Refused("two packages share an SPDXID")
    linked = {f"SPDXRef-{ident_of(f'runmedic-linux-{arch}')}": set() for arch in ARCHES}
    for each in document["relationships"]:
        for end in ("spdxElementId", "relatedSpdxElement"):
            if each[end] != "SPDXRef-DOCUMENT" and each[end] not in packages:
                raise Refused(f"a relationship names {each[end]}, which is not there")
        if each["relationshipType"] == "STATIC_LINK":
            linked.setdefault(each["spdxElementId"], set()).add(each["relatedSpdxElement"])
    libraries = {ident for ident, each in packages.items() if each["primaryPackagePurpose"] == "LIBRARY"}
    for arch in ARCHES:
        name = f"runmedic-linux-{arch}"
        ident = f"SPDXRef-{ident_of(name)}"
        if linked[ident] != libraries:
            raise Refused(f"the libraries of {arch} are not those of the document")
        if packages[ident]["checksums"][0]["checksumValue"] != sha256(os.path.join(args.assets, name)):
            raise Refused(f"the sum of {name} is not that of the file")


def main():
    parser = argparse.ArgumentParser(description="The bill of materials of a release, in SPDX 2.3 JSON.")
    commands = parser.add_subparsers(dest="command", required=True)
    maker = commands.add_parser("make")
    for option in ("version", "commit", "release", "page", "toolchain", "sources"):
        maker.add_argument(f"--{option}", required=True)
    maker.add_argument("--created", type=int, required=True)
    checker = commands.add_parser("check")
    checker.add_argument("file")
    for each in (maker, checker):
        each.add_argument("assets")
    args = parser.parse_args()
    try:
        if args.command == "make":
            print(json.dumps(make(args), indent=2, ensure_ascii=False))
        else:
            check(args)
    except (Refused, OSError, KeyError, json.JSONDecodeError, subprocess.CalledProcessError) as trouble:
        sys.exit(f"sbom.py: {trouble}")


if __name__ == "__main__":
    main()
