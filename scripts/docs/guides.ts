// Guides: the project's Markdown as pages. Links between documents become links between pages; a link
// to a file of the project that is no page becomes its name; a link to nothing ends the build.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { Marked, type Tokens } from 'marked'
import { esc, slug } from './html.ts'
import type { Page, Section } from './page.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** Documents about working on the project, which its readers find there. */
const LEFT_OUT = ['docs/dependencies.md']
/** In this order; the other guides follow by name. */
const FIRST = [
  'first-steps',
  'objects',
  'change-feed',
  'freshness',
  'access',
  'fhir',
  'fhir-clients',
  'launching',
  'agents',
]

interface Source {
  readonly file: string
  readonly path: string
  readonly section: Section
}

function sources(): Source[] {
  const guides = readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && !LEFT_OUT.includes(`docs/${name}`))
    .map((name) => name.slice(0, -3))
    .sort((one, other) => rank(one) - rank(other) || one.localeCompare(other))
  const recipes = readdirSync(join(ROOT, 'recipes')).filter((name) =>
    existsSync(join(ROOT, 'recipes', name, 'README.md')),
  )
  return [
    ...guides.map((name) => ({
      file: `docs/${name}.md`,
      path: `guides/${name}.html`,
      section: sectionOf(name),
    })),
    { file: 'client/README.md', path: 'guides/client.html', section: 'Start' },
    { file: 'recipes/README.md', path: 'recipes/index.html', section: 'Recipes' },
    ...recipes.map((name) => ({
      file: `recipes/${name}/README.md`,
      path: `recipes/${name}.html`,
      section: 'Recipes' as const,
    })),
    { file: 'sandbox/README.md', path: 'sandbox/index.html', section: 'Sandbox' },
    { file: 'CHANGELOG.md', path: 'guides/changelog.html', section: 'Start' },
    { file: 'SECURITY.md', path: 'guides/security.html', section: 'Running it' },
  ]
}

function rank(name: string): number {
  const place = FIRST.indexOf(name)
  return place < 0 ? FIRST.length : place
}

function sectionOf(name: string): Section {
  if (name === 'first-steps') return 'Start'
  return ['operations', 'retention'].includes(name) ? 'Running it' : 'Guides'
}

/** `named`: pages that a word in code refers to by itself, such as an error code. */
export function guidePages(named: ReadonlyMap<string, string>): Page[] {
  const all = sources()
  const paths = new Map(all.map(({ file, path }) => [file, path]))
  return all.map((source) => guidePage(source, { paths, named }))
}

interface Known {
  readonly paths: ReadonlyMap<string, string>
  readonly named: ReadonlyMap<string, string>
}

function guidePage({ file, path, section }: Source, known: Known): Page {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const [, title = file] = /^# (.+)$/m.exec(text) ?? []
  const body = text.replace(/^# .+$/m, '')
  const html = markdown(file, known).parse(body, { async: false })
  const opening = body.split('\n\n').find((part) => /^[A-Za-z]/.test(part.trim())) ?? ''
  const summary = opening
    .replace(/[`*]|\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
  const first = /^.+?\.(?= |$)/.exec(summary)?.[0] ?? summary
  const sentence = first.replace(/:$/, '.')
  const code = recipeCode(file)
  return { path, title, summary: sentence, section, html: html + code, words: body, listed: true }
}

/** The programs of a recipe, below what is said of it. */
function recipeCode(file: string): string {
  if (!/^recipes\/.+\/README\.md$/.test(file)) return ''
  const folder = dirname(file)
  const names = readdirSync(join(ROOT, folder)).filter(
    (name) => /\.(tsx?|json|css)$/.test(name) && name !== 'vite.config.ts',
  )
  return names
    .map((name) => {
      const text = esc(readFileSync(join(ROOT, folder, name), 'utf8'))
      return `<h2 id="${slug(name)}">${esc(name)}</h2><pre tabindex="0"><code>${text}</code></pre>`
    })
    .join('\n')
}

function markdown(file: string, known: Known): Marked {
  return new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const inner = this.parser.parseInline(tokens)
        return `<h${depth} id="${slug(inner)}">${inner}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens)
        const target = targetOf(href, file, known)
        return target === undefined ? inner : `<a href="${esc(target)}">${inner}</a>`
      },
      codespan({ text }: Tokens.Codespan) {
        const page = known.named.get(text)
        const shown = `<code>${esc(text)}</code>`
        return page === undefined ? shown : `<a href="/${page}">${shown}</a>`
      },
      code({ text }: Tokens.Code) {
        return `<pre tabindex="0"><code>${esc(text)}</code></pre>\n`
      },
      table(token: Tokens.Table) {
        const cell = ({ tokens }: Tokens.TableCell) => this.parser.parseInline(tokens)
        const head = token.header.map((one) => `<th scope="col">${cell(one)}</th>`).join('')
        const rows = token.rows.map(
          (row) => `<tr>${row.map((one) => `<td>${cell(one)}</td>`).join('')}</tr>`,
        )
        return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
      },
      // Documents of the project have no HTML of their own; what looks like it is text.
      html({ text }: Tokens.HTML | Tokens.Tag) {
        return esc(text)
      },
    },
  })
}

/** Undefined for a file of the project that is no page. Throws for a link to nothing. */
function targetOf(href: string, file: string, { paths }: Known): string | undefined {
  if (/^[a-z]+:/.test(href)) return href
  const [target = '', fragment] = href.split('#')
  if (target === '') return `#${fragment}`
  const named = posix.normalize(posix.join(posix.dirname(file), decodeURIComponent(target)))
  const page = paths.get(named) ?? paths.get(`${named.replace(/\/$/, '')}/README.md`)
  if (page !== undefined) return `/${page}${fragment === undefined ? '' : `#${fragment}`}`
  if (!existsSync(join(ROOT, named)))
    throw new Error(`${file} links to ${href}, which is not there`)
  return undefined
}
