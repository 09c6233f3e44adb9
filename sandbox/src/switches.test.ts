// The table of switches: sound, complete in the README, and used by the code. What each does is tested
// where it does it.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createSwitches, SWITCHES } from './switches.ts'

const here = new URL('.', import.meta.url)

test('the README lists every switch with its values, grade and meaning', () => {
  const readme = readFileSync(new URL('../README.md', here), 'utf8')
  for (const each of SWITCHES) {
    const others = each.values.filter((value) => value !== each.default)
    const values = [each.default, ...others].map((value) => `\`${value}\``).join(', ')
    const meaning = each.meaning.replaceAll('|', '\\|')
    expect(readme).toContain(`| \`${each.name}\` | ${values} | ${each.grade} | ${meaning} |`)
  }
  const rows = readme.split('## Switches')[1]?.match(/^\| `/gm)
  expect(rows).toHaveLength(SWITCHES.length)
})

test('every switch is read somewhere in the sandbox', () => {
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, here), 'utf8'))
    .join('\n')
  for (const { name } of SWITCHES) {
    expect(sources, name).toMatch(new RegExp(`switches\\.(is|value)\\('${name}'`))
  }
})

test('a switch set by hand outlives a change of preset; the others follow it', () => {
  const switches = createSwitches('calm')
  expect(switches.value('articles')).toBe('teaching')
  switches.follow('tuesday')
  expect(switches.value('articles')).toBe('vendor')
  switches.set('articles', 'teaching')
  switches.follow('tuesday')
  expect(switches.value('articles')).toBe('teaching')
})

test('asking for a value a switch never has is a defect that shows', () => {
  expect(() => createSwitches('calm').is('cors', 'always')).toThrow(RangeError)
  expect(() => createSwitches('calm').value('nonsense')).toThrow(RangeError)
})
