# Detached, bare, shallow, unborn.
log=$CASES/sh-script-not-executable/log.txt
clone_case sh-script-not-executable
git -C repo checkout -q --detach
run runmedic heal "$log" --repo repo --apply --format json -o detached.json
run git -C repo diff --summary
git -C repo checkout -q . && git -C repo checkout -q main
git clone -q --bare repo bare.git 2>/dev/null
run runmedic heal "$log" --repo bare.git --apply
run runmedic heal "$log" --repo bare.git --commit --format json -o bare.json
run sh -c "git -C bare.git branch --list 'runmedic/*' | wc -l"
git clone -q --depth 1 "file://$PWD/repo" shallow 2>/dev/null
run runmedic heal "$log" --repo shallow --apply --format json -o shallow.json
run git -C shallow diff --summary
git init -q -b main unborn
run runmedic heal "$log" --repo unborn --apply
