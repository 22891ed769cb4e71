// node --import ./load.mjs: finds the packages in tests/github, and imports JSON that they do not mark as such.
import {register} from 'node:module';

const modules = new URL('../github/node_modules/', import.meta.url).href;
const hooks = `
const bare = name => !/^(node:|[./]|[a-z]+:)/.test(name);
export const resolve = (name, context, next) =>
	next(name, bare(name) && !context.parentURL?.includes('/node_modules/') ? {...context, parentURL: ${JSON.stringify(modules)} + 'x.mjs'} : context);
export const load = (url, context, next) =>
	next(url, url.endsWith('.json') ? {...context, importAttributes: {type: 'json'}} : context);`;
register('data:text/javascript,' + encodeURIComponent(hooks));
