// What a browser, axe-core and html-validate find wrong with pages. usage: node pages.mjs CHROMIUM FILE...; prints {file: [complaint]}.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const need = createRequire(new URL('../github/package.json', import.meta.url))
const { chromium } = need('playwright-core')
const { HtmlValidate } = need('html-validate')
const axe = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8')
const [program, ...files] = process.argv.slice(2)
const rules = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:a11y'], rules: { 'long-title': 'off', 'no-inline-style': 'off' } })

async function look(browser, file, scheme, width) {
	const wrong = []
	const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 }, serviceWorkers: 'block' })
	const page = await context.newPage()
	const own = pathToFileURL(file).href
	page.on('request', (r) => r.url() !== own && wrong.push(`request: ${r.url().slice(0, 200)}`))
	page.on('dialog', (d) => { wrong.push(`dialog: ${d.message()}`); d.dismiss() })
	page.on('console', (m) => wrong.push(`console: ${m.text().slice(0, 200)}`))
	page.on('pageerror', (e) => wrong.push(`error: ${String(e).slice(0, 200)}`))
	await page.goto(own, { waitUntil: 'load' })
	const found = await page.evaluate(() => ({
		scripts: document.scripts.length,
		handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => /^on|^srcdoc$/i.test(a.name))).length,
		loads: [...document.querySelectorAll('img,iframe,object,embed,link,base,form,video,audio,source,use,foreignObject')].map((e) => e.tagName),
		links: [...document.links].map((a) => a.href).filter((h) => !h.startsWith('https://github.com/acme/') && !h.startsWith(location.href.split('#')[0] + '#')),
		wide: document.documentElement.scrollWidth - window.innerWidth,
		title: document.title,
	}))
	for (const [name, value] of Object.entries(found))
		if (name === 'title' ? !value : name === 'wide' ? value > 1 : Array.isArray(value) ? value.length : value)
			wrong.push(`${name}: ${JSON.stringify(value).slice(0, 200)}`)
	await page.evaluate(axe)
	const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
	for (const v of result.violations)
		wrong.push(`axe ${v.id}: ${v.help}: ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary?.slice(0, 200) ?? ''}`)
	await context.close()
	return wrong.map((w) => `${scheme} ${width}: ${w}`)
}

const answer = {}
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
for (const file of files) {
	const report = await rules.validateString(readFileSync(file, 'utf8'))
	answer[file] = report.results.flatMap((r) => r.messages).slice(0, 10).map((m) => `html-validate ${m.ruleId}: ${m.message} (${m.line}:${m.column})`)
	for (const [scheme, width] of [['light', 1200], ['dark', 1200], ['light', 360]]) answer[file].push(...(await look(browser, file, scheme, width)))
}
await browser.close()
console.log(JSON.stringify(answer))
