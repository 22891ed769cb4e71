#!/usr/bin/env bash
# Makes the fixtures beside it by the tools of OpenSSH: one signature of each type, who may sign, revoked keys in each
# form. The private keys are thrown away. usage: tests/attest/make.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'a result, word for word\n' >message
key() { ssh-keygen -q -N '' -C "$1@example.org" -f "$1" "${@:2}"; }
sign() { ssh-keygen -q -Y sign -n runmedic -f "$1" "${@:2}" <message >"$1.sig"; }
key ed25519 -t ed25519
key ecdsa256 -t ecdsa -b 256
key ecdsa384 -t ecdsa -b 384
key ecdsa521 -t ecdsa -b 521
key rsa2048 -t rsa -b 2048
key rsa1024 -t rsa -b 1024
key revoked -t ed25519
for name in ed25519 ecdsa256 ecdsa384 ecdsa521 rsa2048 revoked; do sign "$name"; done
cp rsa2048 rsa256
cp rsa2048.pub rsa256.pub
sign rsa256 -O hashalg=sha256
ssh-keygen -q -Y sign -n other -f ed25519 <message >other-namespace.sig
{
	echo '# Throw-away keys, made by make.sh'
	for name in ed25519 ecdsa256 ecdsa384 ecdsa521 rsa2048; do
		echo "$name@example.org namespaces=\"runmedic\" $(cat "$name.pub")"
	done
	echo "revoked@example.org $(cat revoked.pub)"
} >allowed_signers
ssh-keygen -q -k -f krl-keys -z 7 revoked.pub ecdsa256.pub
{
	echo "sha256: $(cat revoked.pub)"
	echo "sha1: $(cat ecdsa256.pub)"
	echo "hash: $(ssh-keygen -l -f ecdsa384.pub | cut -d' ' -f2)"
} >spec
ssh-keygen -q -k -f krl-sums spec
ssh-keygen -q -t ed25519 -N '' -f authority
echo 'serial: 1-9' >serials
ssh-keygen -q -k -f krl-certificates -s authority.pub serials
rm -f "$here"/*.sig "$here"/*.pub "$here"/krl-*
cp message allowed_signers krl-* ./*.sig "$here"
for name in ed25519 ecdsa256 ecdsa384 ecdsa521 rsa2048 rsa1024 revoked; do cp "$name.pub" "$here"; done
