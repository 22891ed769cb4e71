export function full(count) {
	debugger;
	return count  == 9;
}
