// The whole site as files in memory: every page in its frame, the style, and the index by which pages
// are found without a server. It writes nothing.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiPages } from './api-pages.ts'
import { doorPages } from './door-pages.ts'
import { guidePages } from './guides.ts'
import { esc, plain } from './html.ts'
import { document } from './layout.ts'
import { type Page, SECTIONS } from './page.ts'
import { tablePages } from './table-pages.ts'

const ASSETS = ['style.css', 'search.js']
/** Words of one page that are kept to find it by. */
const WORDS_MAX = 400

/** Text by path, from the root of the site. */
export async function buildSite(): Promise<ReadonlyMap<string, string>> {
  const printed = [...apiPages(), ...(await doorPages()), ...tablePages()]
  const named = new Map(
    printed
      .filter(({ path }) => /^(api|errors)\//.test(path))
      .map(({ title, path }) => [title, path]),
  )
  const pages = [...guidePages(named), ...printed]
  const all = [home(pages), ...pages]
  const files = new Map(all.map((page) => [page.path, document(page, pages)]))
  if (files.size !== all.length) throw new Error('Two pages stand at one path')
  for (const name of ASSETS)
    files.set(name, readFileSync(join(import.meta.dirname, 'assets', name), 'utf8'))
  files.set('search-index.js', `searchIndex(${JSON.stringify(pages.flatMap(entries))})\n`)
  return files
}

function home(pages: readonly Page[]): Page {
  const cards = SECTIONS.map((section) => {
    const items = pages
      .filter((page) => page.listed && page.section === section)
      .map(
        ({ path, title, summary }) =>
          `<li><a href="/${path}">${esc(title)}</a> <span>${esc(summary)}</span></li>`,
      )
    return `<section class="card"><h2>${esc(section)}</h2><ul>${items.join('')}</ul></section>`
  })
  return {
    path: 'index.html',
    title: 'Chartway',
    summary:
      'One self-hosted door to an eClinicalWorks practice: a mirror of its charts, a complete change feed and one API.',
    section: 'Start',
    html: `<div class="cards">${cards.join('')}</div>`,
    listed: false,
  }
}

/** What the search looks through: path, title, section, summary, words. Headings of guides stand alone. */
function entries(page: Page): string[][] {
  const { path, title, section, summary, html, words = '' } = page
  const heads = page.path.startsWith('guides/')
    ? [...html.matchAll(/<h[23] id="([^"]+)">(.*?)<\/h[23]>/g)].map(([, id = '', inner = '']) => [
        ...[`${path}#${id}`, plain(inner), title, '', ''],
      ])
    : []
  return [[path, title, section, summary, distinct(`${plain(words)}`)], ...heads]
}

function distinct(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_][\p{L}\p{N}_.-]{2,}/gu) ?? []
  return [...new Set(words)].slice(0, WORDS_MAX).join(' ')
}
