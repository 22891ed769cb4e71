head -n 1 rows.bin >&2
echo "load: rows.bin is no table" >&2
exit 1
