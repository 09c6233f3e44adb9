// Pages from the tables of the code: error codes, settings, the sandbox's switches. It adds no words of
// its own to a row.

import { type Grade, SWITCHES } from 'chartway-sandbox'
import { ENVIRONMENT } from '../../platform/src/config.ts'
import { STATUSES } from '../../platform/src/faces/http/statuses.ts'
import errorCodes from '../../platform/src/kernel/error-codes.json' with { type: 'json' }
import { operations } from '../../platform/src/operations/index.ts'
import { errorLink } from './api-pages.ts'
import { code, esc, prose, slug, table } from './html.ts'
import type { Page } from './page.ts'

export const GRADES: Readonly<Record<Grade, string>> = {
  P: 'a capture of the vendor itself',
  D: "the vendor's documentation",
  I: 'what integrators observed',
  G: 'a guess',
}

export function tablePages(): Page[] {
  return [...errorPages(), settingsPage(), switchesPage()]
}

const statusOf = (name: string): number =>
  new Map<string, number>(Object.entries(STATUSES)).get(name) ?? 500

function errorPages(): Page[] {
  const all = Object.entries(errorCodes)
  const rows = all.map(([name, { title }]) => [
    ...[errorLink(name), String(statusOf(name)), prose(title)],
  ])
  const overview: Page = {
    path: 'errors/index.html',
    title: 'Error codes',
    summary: `All ${all.length} codes, each with what it means and what to do.`,
    section: 'API',
    html: `<p>Every failed answer is a problem (RFC 9457) with one of these in <code>code</code>, its usual cause in <code>detail</code>, what to do in <code>cure</code>, and a <code>requestId</code> to look up in the log. A code keeps its meaning for ever; a retired one is not used again.</p>${table(['code', 'status', 'title'], rows)}`,
    listed: true,
  }
  return [overview, ...all.map(([name, row]) => errorPage(name, row))]
}

function errorPage(
  name: string,
  { title, cause, cure }: { readonly title: string; readonly cause: string; readonly cure: string },
): Page {
  const from = operations.filter(({ errors }) => errors.some((one) => one === name))
  const links = from.map((one) => `<a href="/api/${esc(one.name)}.html">${code(one.name)}</a>`)
  const given = links.length === 0 ? '' : `<h2 id="given">Given by</h2><p>${links.join(' ')}</p>`
  return {
    path: `errors/${name}.html`,
    title: name,
    summary: title,
    section: 'API',
    html: `<p class="route">HTTP <b>${statusOf(name)}</b></p><h2 id="cause">Cause</h2><p>${prose(cause)}</p><h2 id="cure">What to do</h2><p>${prose(cure)}</p>${given}`,
    words: `${cause} ${cure}`,
    listed: false,
  }
}

function settingsPage(): Page {
  const rows = Object.entries(ENVIRONMENT.shape).map(([name, schema]) => {
    const usual = schema.safeParse(undefined)
    if (schema.description === undefined) throw new Error(`${name} says nothing of itself`)
    const value = usual.success && usual.data !== undefined ? code(String(usual.data)) : ''
    return [code(name), value, prose(schema.description)]
  })
  return {
    path: 'settings/index.html',
    title: 'Settings',
    summary: `The ${rows.length} variables of the environment that the platform reads.`,
    section: 'Running it',
    html: `<p>Read once, when it starts; an empty variable counts as absent. One that does not fit ends the start with ${errorLink('CONFIG_INVALID')} and its name. What <code>npm start</code> reads beside these stands in <a href="/guides/first-steps.html">first steps</a>.</p>${table(['variable', 'default', 'what'], rows)}`,
    words: Object.keys(ENVIRONMENT.shape).join(' '),
    listed: true,
  }
}

function switchesPage(): Page {
  const grades = Object.entries(GRADES).map(([grade, words]) => [code(grade), esc(words)])
  const rows = SWITCHES.map(({ name, values, default: usual, grade, source, meaning, presets }) => [
    `<span id="${slug(name)}">${code(name)}</span>`,
    values.map((value) => (value === usual ? `<b>${code(value)}</b>` : code(value))).join(' '),
    `<abbr title="${esc(GRADES[grade])}">${esc(grade)}</abbr> <small>${esc(source)}</small>`,
    prose(meaning) +
      [...presets]
        .map(([preset, value]) => ` <small>${esc(preset)}: ${code(value)}</small>`)
        .join(''),
  ])
  return {
    path: 'sandbox/switches.html',
    title: 'Switches of the sandbox',
    summary: `The ${rows.length} ways in which the vendor may behave, each with how well it is known.`,
    section: 'Sandbox',
    html: `<h2 id="grades">Grades of evidence</h2>${table(['grade', 'it rests on'], grades)}<h2 id="switches">Switches</h2><p>The default is bold.</p>${table(['switch', 'values', 'grade', 'meaning'], rows)}`,
    words: SWITCHES.map(({ name }) => name).join(' '),
    listed: true,
  }
}
