#!/usr/bin/env python3
"""How fixes reach people, as stories against the fake GitHub and its real git repositories: suggestions, pull requests, commits on a branch, the
ladder of every refusal, patches of untrusted jobs, `publish` and `heal --pr`. usage: run.py PROGRAM [NAME...]"""
import sys

import ways, guards, refusals, untrusted, commands  # noqa: F401: their stories
import scene

if __name__ == '__main__':
    sys.exit(scene.main('delivery'))
