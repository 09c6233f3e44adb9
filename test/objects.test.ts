// docs/objects.md against the API's description: every object, its filters and its fields are in it, as
// the code has them. UPDATE=1 prints that part anew.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VIEWS } from '../platform/src/views/index.ts'
import { ROOT } from './tree.ts'

const FILE = join(ROOT, 'docs', 'objects.md')
const MARK = '<!-- printed: do not edit below -->\n'
const PAGING = ['practice', 'fields', 'limit', 'cursor', 'updatedAfter']

interface Described {
  readonly paths: Readonly<
    Record<
      string,
      { readonly get?: { readonly parameters?: readonly { readonly name: string }[] } }
    >
  >
}

function printed(): string {
  const document: Described = JSON.parse(
    readFileSync(join(ROOT, 'platform', 'src', 'faces', 'http', 'openapi.json'), 'utf8'),
  )
  const parts = VIEWS.map(({ object, type, summary, fields }) => {
    const parameters = document.paths[`/v1/${object}`]?.get?.parameters ?? []
    const filters = parameters.map(({ name }) => name).filter((name) => !PAGING.includes(name))
    const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
    return [
      `### ${object}\n`,
      `${summary}. From \`${type}\`.\n`,
      `Filters: ${list(filters)}.\n`,
      `Fields: ${list(Object.keys(fields))}.\n`,
    ].join('\n')
  })
  return `\n${parts.join('\n')}`
}

test('the guide to the objects lists each with the filters and fields that it has', () => {
  const text = readFileSync(FILE, 'utf8')
  const [written = ''] = text.split(MARK)
  if (process.env.UPDATE === '1') writeFileSync(FILE, `${written}${MARK}${printed()}`)
  expect(readFileSync(FILE, 'utf8')).toBe(`${written}${MARK}${printed()}`)
  expect(VIEWS.length).toBeGreaterThanOrEqual(24)
})
