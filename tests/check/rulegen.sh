#!/usr/bin/env bash
# The generator of the catalogue says what is wrong, and leaves nothing behind then. usage: tests/check/rulegen.sh RULEGEN
set -uo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
rulegen=$1 passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

# expect STATUS MESSAGE COMMAND...: MESSAGE is the whole of stderr
expect() {
	local status=$1 message=$2 said
	shift 2
	said=$("$@" 2>&1 >/dev/null)
	if [ $? -eq "$status" ] && [ "$said" = "$message" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'rulegen: %s\n  says %s\n  not  %s\n' "$*" "$said" "$message"
	fi
}
# rule ID MATCH: the rest is always right
rule() {
	printf -- '- {id: %s, tool: x, category: build, rank: cause, match: "%s", title: t, hint: h, why: w,\n' "$1" "$2"
	printf '   hits: [abcde], misses: [x], fixture: a.log}\n'
}

{ rule a/one '^abcde$' && rule a/two 'b(?:c|x)de'; } >good.yml
rule a/one '^abcde$' >same.yml
rule a/five abc >weak.yml
rule a/three 'abc(' >bad.yml
rule a/four xyzzy >miss.yml
: >empty.yml

expect 0 '' "$rulegen" --check good.yml empty.yml
expect 0 '' "$rulegen" out.c good.yml empty.yml
expect 0 '' gcc -std=c17 -Wall -Wextra -Werror -I"$here/agent" -c -o out.o out.c
expect 0 '' "$rulegen" none.c
expect 0 '' gcc -std=c17 -Wall -Wextra -Werror -I"$here/agent" -c -o none.o none.c
expect 1 'same.yml:1:1: the id a/one stands also in good.yml:1' "$rulegen" fail.c good.yml same.yml
expect 1 'weak.yml:1:1: a/five: its literals are common in logs, and its lines may begin with anything: name rarer `literals`, or anchor the pattern (docs/adding-a-rule.md)' "$rulegen" fail.c weak.yml
expect 1 'bad.yml:1:63: pattern: missing closing parenthesis at offset 4
miss.yml:2:11: this line is in `hits`, but `match` does not match it' "$rulegen" fail.c good.yml bad.yml miss.yml
expect 1 'absent.yml: No such file or directory' "$rulegen" --check absent.yml
expect 2 'usage: rulegen OUT.c FILE.yml... | rulegen --check FILE.yml...' "$rulegen"
expect 1 '' test -e fail.c
echo "rulegen: $passed passed, $failed failed"
[ $failed -eq 0 ]
