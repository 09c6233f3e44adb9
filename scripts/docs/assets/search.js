// Finds pages by their words, without a server: the index is a script beside this one, fetched when
// somebody begins to search. It sends nothing anywhere.

const box = document.querySelector('#q')
const found = document.querySelector('#found')
const root = document.currentScript?.dataset.root ?? './'
const ROWS_MAX = 12
let index
let at = -1

/** Called by search-index.js with rows of path, title, section, summary and words. */
globalThis.searchIndex = (rows) => {
  index = rows.map(([path, title, section, summary, words]) => ({
    ...{ path, title, section, summary },
    name: title.toLowerCase(),
    text: `${title} ${section} ${summary} ${words}`.toLowerCase(),
  }))
  show()
}

function load() {
  if (document.querySelector('#search-index') !== null) return
  const script = document.createElement('script')
  script.id = 'search-index'
  script.src = `${root}search-index.js`
  document.head.append(script)
}

/** A name that is the question comes first, then one that begins with it, then the rest. */
function score({ name, text }, words, whole) {
  if (!words.every((word) => text.includes(word))) return 0
  if (name === whole) return 100
  if (name.startsWith(whole)) return 60
  return words.reduce((sum, word) => sum + (name.includes(word) ? 10 : 1), 0)
}

function hits() {
  const whole = box.value.trim().toLowerCase()
  if (index === undefined || whole.length < 2) return []
  const words = whole.split(/\s+/)
  return index
    .map((page) => ({ page, score: score(page, words, whole) }))
    .filter((hit) => hit.score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, ROWS_MAX)
}

function show() {
  const rows = hits()
  at = -1
  found.replaceChildren(...rows.map(({ page }, row) => option(page, row)))
  if (rows.length === 0 && box.value.trim().length >= 2 && index !== undefined) {
    const none = document.createElement('li')
    none.setAttribute('role', 'option')
    none.textContent = 'Nothing found'
    found.append(none)
  }
  found.hidden = found.childElementCount === 0
  box.setAttribute('aria-expanded', String(!found.hidden))
}

function option({ path, title, section, summary }, row) {
  const item = document.createElement('li')
  item.id = `found-${row}`
  item.setAttribute('role', 'option')
  const link = document.createElement('a')
  link.href = root + path
  link.tabIndex = -1
  const name = document.createElement('b')
  name.textContent = title
  const more = document.createElement('span')
  more.textContent = ` ${section}${summary === '' ? '' : `: ${summary}`}`
  link.append(name, more)
  item.append(link)
  return item
}

function move(step) {
  const rows = [...found.querySelectorAll('li:has(a)')]
  if (rows.length === 0) return
  at = (at + step + rows.length) % rows.length
  for (const [row, item] of rows.entries()) item.setAttribute('aria-selected', String(row === at))
  box.setAttribute('aria-activedescendant', rows[at].id)
  rows[at].scrollIntoView({ block: 'nearest' })
}

box.addEventListener('focus', load)
box.addEventListener('input', () => {
  load()
  show()
})
box.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') move(1)
  else if (event.key === 'ArrowUp') move(-1)
  else if (event.key === 'Escape') box.value = ''
  else if (event.key === 'Enter') found.querySelectorAll('a')[Math.max(0, at)]?.click()
  else return
  event.preventDefault()
  if (event.key === 'Escape') show()
})
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.matches('input, textarea')) return
  event.preventDefault()
  box.focus()
})
document.addEventListener('click', (event) => {
  if (!event.target.closest('.search')) found.hidden = true
})

const menu = document.querySelector('.menu')
if (matchMedia('(max-width: 56rem)').matches) menu?.removeAttribute('open')

// The list of pages is longer than a window: show where in it we are, without moving the page.
const here = document.querySelector('[aria-current]')
const pages = document.querySelector('nav')
if (here !== null && pages !== null) pages.scrollTop = here.offsetTop - pages.clientHeight / 2
