// The frame around a page: navigation, search, title, what is on it. It makes every link relative, so
// that the site stands below any address, or in a folder without a server.

import { posix } from 'node:path'
import { esc, plain } from './html.ts'
import { type Page, SECTIONS } from './page.ts'

/** The whole document of a page. */
export function document(page: Page, pages: readonly Page[]): string {
  const up = '../'.repeat(page.path.split('/').length - 1)
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${esc(page.title)} – Chartway</title>
<meta name="description" content="${esc(page.summary)}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script defer src="/search.js" data-root="${up === '' ? './' : up}"></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header class="bar">
<a class="home" href="/index.html">Chartway</a>
<div class="search"><label for="q">Search</label><input id="q" type="search" autocomplete="off" placeholder="operation, error code, setting …" role="combobox" aria-expanded="false" aria-controls="found"><ul id="found" class="found" role="listbox" aria-label="Found" hidden></ul></div>
</header>
<div class="frame">
<nav aria-label="Pages"><details class="menu" open><summary>Pages</summary>${navigation(page, pages)}</details></nav>
<main id="content">
<p class="where">${esc(page.section)}</p>
<h1>${esc(page.title)}</h1>
${summary(page)}
${contents(page.html)}
${page.html}
</main>
</div>
<footer>Printed from the code. Chartway is not affiliated with eClinicalWorks or healow.</footer>
</body>
</html>
`
  return relative(html, page.path)
}

/** A guide opens with its summary; it is not said twice. */
function summary({ html, summary: words }: Page): string {
  if (plain(html).startsWith(words.slice(0, -1))) return ''
  return `<p class="summary">${esc(words)}</p>`
}

function navigation(page: Page, pages: readonly Page[]): string {
  const sections = SECTIONS.map((section) => {
    const listed = pages.filter((one) => one.listed && one.section === section)
    const items = listed.map((one) => {
      const here = one.path === page.path ? ' aria-current="page"' : ''
      return `<li><a href="/${one.path}"${here}>${esc(one.title)}</a></li>`
    })
    return items.length === 0 ? '' : `<h2>${esc(section)}</h2><ul>${items.join('')}</ul>`
  })
  return sections.join('\n')
}

/** Headings of a long page; a short one shows itself. */
function contents(html: string): string {
  const heads = [...html.matchAll(/<h2 id="([^"]+)">(.*?)<\/h2>/g)]
  if (heads.length < 4) return ''
  const items = heads.map(([, id = '', inner = '']) => {
    const words = inner.replace(/<\/?a[^>]*>/g, '')
    return `<li><a href="#${id}">${words}</a></li>`
  })
  return `<details class="contents"><summary>On this page: ${heads.length}</summary><ul>${items.join('')}</ul></details>`
}

/** `href="/x"` and `src="/x"` as seen from where the page stands. */
export function relative(html: string, from: string): string {
  return html.replace(/\b(href|src)="\/([^"#]*)/g, (_whole, attribute: string, target: string) => {
    const path = posix.relative(posix.dirname(from), target)
    return `${attribute}="${path}`
  })
}
