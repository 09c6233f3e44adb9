// The sign-in pages: HTML templates in files of their own, filled with escaped text. It decides
// nothing about a sign-in.

import { readFileSync } from 'node:fs'
import type { Draft } from '../reply.ts'

/** Text that is HTML already, made by `fill` alone. */
export interface Markup {
  readonly html: string
}

const NAMES = [
  ...['frame', 'credentials', 'patients', 'patient', 'continue', 'approve', 'scope', 'hidden'],
  ...['trouble', 'ended'],
] as const
type Name = (typeof NAMES)[number]

/** Beside this file in the sources, also when it runs compiled. */
const FOLDER = new URL('../../src/oauth/pages/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8')
const TEMPLATES = new Map<Name, string>(NAMES.map((name) => [name, read(`${name}.html`)]))
const STATIC: ReadonlyMap<string, { readonly type: string; readonly text: string }> = new Map([
  ['sign-in.css', { type: 'text/css;charset=UTF-8', text: read('sign-in.css') }],
  ['smart-style.json', { type: 'application/json', text: read('smart-style.json') }],
])

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? '')
}

/** Fills a template. Texts are escaped; throws for a hole without a value, which is a defect. */
export function fill(name: Name, values: Readonly<Record<string, string | Markup>>): Markup {
  const template = TEMPLATES.get(name)
  if (template === undefined) throw new RangeError(`no template ${name}`)
  const html = template.replace(/\{\{(\w+)\}\}/g, (_, hole: string) => {
    const value = values[hole]
    if (value === undefined) throw new RangeError(`template ${name}: ${hole} is missing`)
    return typeof value === 'string' ? escaped(value) : value.html
  })
  return { html }
}

export function joined(parts: readonly Markup[]): Markup {
  return { html: parts.map(({ html }) => html).join('') }
}

/** Headers that keep a page out of frames, caches and referrers. */
function guards(formTargets: string) {
  const policy = `default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${formTargets}`
  return [
    ['Content-Security-Policy', policy],
    ['Cache-Control', 'no-store'],
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
  ] as const
}

/** A whole page. `redirectUri` is where its form may lead in the end. */
export function page(status: number, title: string, content: Markup, redirectUri?: string): Draft {
  const { html } = fill('frame', { title, content })
  const targets = redirectUri === undefined ? '' : ` ${sourceOf(redirectUri)}`
  const headers = [['Content-Type', 'text/html;charset=UTF-8'], ...guards(targets)] as const
  return { status, headers, body: html }
}

/** A form's redirect counts as its target: browsers hold `form-action` against it. */
function sourceOf(redirectUri: string): string {
  const url = URL.parse(redirectUri)
  if (url === null) return "'self'"
  return url.origin === 'null' ? url.protocol : url.origin
}

/** A file that the pages name, by its name. */
export function staticFile(name: string): Draft | undefined {
  const file = STATIC.get(name)
  if (file === undefined) return undefined
  const headers = [
    ['Content-Type', file.type],
    ['X-Content-Type-Options', 'nosniff'],
  ] as const
  return { status: 200, headers, body: file.text }
}

/** A page that ends a sign-in without going back to an app. */
export function endedPage(status: number, title: string, words: string): Draft {
  return page(status, title, fill('ended', { title, words }))
}
