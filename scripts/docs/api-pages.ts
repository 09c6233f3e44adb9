// The reference of the API: an overview, a page for each operation, a page for each type that has a
// name. Printed from the operations and the committed description.

import { PAGES, ROUTES } from '../../client/src/generated.ts'
import roles from '../../platform/src/people/roles.json' with { type: 'json' }
import { block, code, esc, prose, table } from './html.ts'
import { type Described, type Field, list, type Node, node, readApi } from './openapi.ts'
import type { Page } from './page.ts'
import { memberRows, typeHtml } from './types.ts'

const NEEDS: Readonly<Record<string, string>> = {
  none: 'Anybody, without a key.',
  any: 'Any key, session or token that is good.',
}

export function apiPages(): Page[] {
  const { operations, types } = readApi()
  return [
    overview(operations),
    ...operations.map(operationPage),
    ...[...types].map(([name, schema]) => typePage(name, schema, operations)),
  ]
}

const pathOf = (name: string) => `api/${name}.html`
const link = (name: string) => `<a href="/${pathOf(name)}">${code(name)}</a>`

function overview(operations: readonly Described[]): Page {
  const groups = Map.groupBy(operations, ({ name }) => name.split('.')[0] ?? '')
  const sections = [...groups].map(([group, found]) => {
    const rows = found.map(({ name, method, path, summary }) => [
      ...[link(name), code(`${method} ${path}`), prose(summary)],
    ])
    return `<h2 id="${esc(group)}">${esc(group)}</h2>${table(['operation', 'where', 'what'], rows)}`
  })
  return {
    path: 'api/index.html',
    title: 'Operations',
    summary: `All ${operations.length} operations of the API, by what they are about.`,
    section: 'API',
    html: `<p>The machine-readable description is at <code>/openapi.json</code> of every installation. How callers sign in, and what a right gives, is told in <a href="/guides/access.html">who may see and do what</a>. Whoever asks too often is answered 429, ${errorLink('RATE_LIMITED')}, by any of them.</p>${sections.join('')}`,
    listed: true,
  }
}

function operationPage(operation: Described): Page {
  const { name, method, path, also, summary, need, fresh, fields, output } = operation
  const others = also.map((one) => ` <span>also ${code(`${method} ${one}`)}</span>`).join('')
  const html = [
    `<p class="route"><b>${esc(method)}</b> ${code(path)}${others}</p>`,
    `<h2 id="right">Who may</h2><p>${needHtml(need)}${fresh ? ' The person must have proved who they are in the last 15 minutes.' : ''}</p>`,
    `<h2 id="input">Input</h2>${table(['field', 'where', 'type', 'what'], fields.map(inputRow))}`,
    `<h2 id="output">Answer</h2>${answerHtml(operation)}`,
    `<h2 id="errors">Errors</h2>${table(['status', 'codes'], errorRows(operation))}`,
    `<h2 id="examples">Examples</h2>${block(curlOf(operation))}${clientHtml(operation)}`,
  ]
  const words = [
    ...fields.map((field) => field.name),
    path,
    ...Object.keys(node(output.properties ?? {})),
  ]
  return {
    path: pathOf(name),
    title: name,
    summary,
    section: 'API',
    html: html.join('\n'),
    words: words.join(' '),
    listed: false,
  }
}

function needHtml(need: string): string {
  const known = NEEDS[need]
  if (known !== undefined) return known
  const having = Object.entries(roles).flatMap(([role, { rights }]) =>
    rights.includes(need) ? [code(role)] : [],
  )
  return `Needs the right ${code(need)}: people with the role ${having.join(', ')}, and keys and clients whose scopes give it.`
}

function inputRow({ name, where, schema, required }: Field): string[] {
  const { default: usual, description } = schema
  const told = typeof description === 'string' ? prose(description) : ''
  const when = required
    ? '<b>required</b>'
    : usual === undefined
      ? ''
      : `default ${code(JSON.stringify(usual))}`
  return [
    code(name),
    where,
    typeHtml(schema),
    [told, when].filter((part) => part !== '').join('; '),
  ]
}

function answerHtml({ status, media, output }: Described): string {
  const head = `<p>${esc(status)}, ${code(media)}: ${typeHtml(output)}</p>`
  const rows = memberRows(output)
  return rows.length === 0 ? head : head + table(['field', 'type', 'what'], rows)
}

const errorRows = ({ errors }: Described) =>
  errors.map(({ status, codes }) => [esc(status), codes.map(errorLink).join(' ')])

export function errorLink(name: string): string {
  return `<a href="/errors/${esc(name)}.html">${code(name)}</a>`
}

function sample({ name, schema }: Field): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return schema.default ?? 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'array') return [sampleOf(node(schema.items ?? {}), name)]
  return sampleOf(schema, name)
}

function sampleOf(schema: Node, name: string): unknown {
  const choices = list(schema.enum)
  if (choices.length > 0) return choices[0]
  return schema.type === 'object' ? {} : name.toUpperCase()
}

const wanted = ({ fields }: Described) => fields.filter(({ required }) => required)

function curlOf(operation: Described): string {
  const given = wanted(operation)
  const path = given
    .filter(({ where }) => where === 'path')
    .reduce((done, field) => done.replace(`{${field.name}}`, String(sample(field))), operation.path)
  const query = given
    .filter(({ where }) => where === 'query')
    .map((field) => `${field.name}=${String(sample(field))}`)
  const body = given.filter(({ where }) => where === 'body')
  const address = `$CHARTWAY_URL${path}${query.length === 0 ? '' : `?${query.join('&')}`}`
  const lines = [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}"${address}"`,
    ...(operation.need === 'none' ? [] : ['-H "Authorization: Bearer $CHARTWAY_KEY"']),
    ...(body.length === 0
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d '${JSON.stringify(Object.fromEntries(body.map((field) => [field.name, sample(field)])))}'`,
        ]),
  ]
  return lines.join(' \\\n  ')
}

function clientHtml(operation: Described): string {
  const input = Object.fromEntries(wanted(operation).map((field) => [field.name, sample(field)]))
  const given = JSON.stringify(input)
    .replace(/"([A-Za-z]\w*)":/g, '$1: ')
    .replaceAll('"', "'")
    .replaceAll(',', ', ')
    .replace(/^\{(.+)\}$/, '{ $1 }')
  if (operation.name.endsWith('.stream'))
    return block('for await (const change of chartway.stream({})) console.log(change.sequence)')
  if (!(operation.name in ROUTES)) return ''
  const call = `const answer = await chartway.call('${operation.name}', ${given})`
  const all = `for await (const item of chartway.all('${operation.name}', ${given})) console.log(item)`
  return block(operation.name in PAGES ? `${call}\n${all}` : call)
}

function typePage(name: string, schema: Node, operations: readonly Described[]): Page {
  const users = operations.filter(({ output }) =>
    JSON.stringify(output).includes(`"#/components/schemas/${name}"`),
  )
  const rows = memberRows(schema)
  const inside =
    rows.length === 0 ? `<p>${typeHtml(schema)}</p>` : table(['field', 'type', 'what'], rows)
  const used =
    users.length === 0
      ? ''
      : `<h2 id="used">Given by</h2><p>${users.map((one) => link(one.name)).join(' ')}</p>`
  return {
    path: `types/${name}.html`,
    title: name,
    summary: `The type ${name} in the API's answers.`,
    section: 'API',
    html: `${inside}${used}`,
    listed: false,
  }
}
