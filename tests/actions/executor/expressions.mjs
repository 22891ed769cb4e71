// Evaluates what stands in ${{ }}, by GitHub's own parser and evaluator.
import {Evaluator, Lexer, Parser, data} from '@actions/expressions';

const toData = value => {
	if (value === null || value === undefined) return new data.Null();
	if (typeof value === 'boolean') return new data.BooleanData(value);
	if (typeof value === 'number') return new data.NumberData(value);
	if (typeof value === 'string') return new data.StringData(value);
	if (Array.isArray(value)) return new data.Array(...value.map(toData));
	return new data.Dictionary(...Object.entries(value).map(([key, v]) => ({key, value: toData(v)})));
};

const contextNames = ['github', 'env', 'inputs', 'steps', 'runner', 'job', 'needs', 'matrix', 'strategy', 'secrets', 'vars'];

// The status functions look at the steps before this one; `status` is success, failure or cancelled.
const statusFunctions = status => {
	const define = (name, call) => ({name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(call())});
	return [define('success', () => status === 'success'), define('failure', () => status === 'failure'),
		define('cancelled', () => status === 'cancelled'), define('always', () => true)];
};

const parse = (text, functions) => {
	// The package un-escapes only the first '' of a literal; rather no answer than a wrong one.
	for (const [literal] of text.matchAll(/'(?:[^']|'')*'/g))
		if (literal.slice(1, -1).split("''").length > 2) throw new Error(`cannot be evaluated honestly: ${text}`);
	return new Parser(new Lexer(text).lex().tokens, contextNames, functions).parse();
};

export const evaluate = (text, contexts, status = 'success') => {
	const functions = statusFunctions(status);
	const known = new Map(functions.map(f => [f.name, f]));
	const all = Object.fromEntries(contextNames.map(name => [name, contexts[name] ?? {}]));
	return new Evaluator(parse(text, functions), toData(all), known).evaluate();
};

// A token of the workflow parser, as the runner would hand it on: a string.
export const textOf = (token, contexts) => {
	if (!token) return '';
	return token.isExpression ? evaluate(token.expression, contexts).coerceString() : token.toString();
};

export const mapOf = (token, contexts) => Object.fromEntries(
	(token ? [...token] : []).map(({key, value}) => [key.toString(), textOf(value, contexts)]));

// A condition without a status function is meant after `success() &&`.
export const holds = (condition, contexts, status) => {
	const text = (condition ?? '').trim().replace(/^\$\{\{([\s\S]*)\}\}$/, '$1').trim();
	if (!text) return status === 'success';
	const asks = /\b(success|failure|cancelled|always)\s*\(/i.test(text);
	const value = evaluate(text, contexts, status);
	const nothing = value.kind === data.Kind.String ? [''] : ['', 'false', '0', 'NaN'];
	return !nothing.includes(value.coerceString()) && (asks || status === 'success');
};
