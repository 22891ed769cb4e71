# Help is complete, and no command is without examples.
run runmedic --help
for c in $("$RUNMEDIC" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	runmedic "$c" --help | grep -q '^Examples:' || echo "$c has no examples"
done
run runmedic heal --help
