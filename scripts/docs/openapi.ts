// The API's description as the documentation reads it: operations with fields, answers and errors, and
// the types by name. It reads the committed document and adds the right that each operation needs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { operations } from '../../platform/src/operations/index.ts'

export type Node = Readonly<Record<string, unknown>>

export interface Field {
  readonly name: string
  readonly where: 'path' | 'query' | 'body'
  readonly schema: Node
  readonly required: boolean
}

export interface Described {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly also: readonly string[]
  readonly summary: string
  readonly need: string
  readonly fresh: boolean
  readonly fields: readonly Field[]
  readonly status: string
  readonly media: string
  readonly output: Node
  readonly errors: readonly { readonly status: string; readonly codes: readonly string[] }[]
}

const DOCUMENT = join(
  import.meta.dirname,
  ...['..', '..', 'platform', 'src', 'faces', 'http', 'openapi.json'],
)

export function readApi(): {
  readonly operations: readonly Described[]
  readonly types: ReadonlyMap<string, Node>
} {
  const root = node(JSON.parse(readFileSync(DOCUMENT, 'utf8')))
  const found = Object.entries(node(root.paths)).flatMap(([path, item]) =>
    Object.entries(node(item)).map(([method, operation]) => ({
      ...{ path, method: method.toUpperCase(), operation: node(operation) },
    })),
  )
  const literal = found.filter(({ operation }) =>
    String(operation.operationId).startsWith('literal.'),
  )
  const types = Object.entries(node(node(root.components).schemas)).map(
    ([name, schema]) => [name, node(schema)] as const,
  )
  return {
    operations: found
      .filter((one) => !literal.includes(one))
      .map(({ path, method, operation }) => {
        const name = String(operation.operationId)
        const same = literal.filter((one) => one.operation.operationId === `literal.${name}`)
        return described({ name, path, method, also: same.map((one) => one.path) }, operation)
      }),
    types: new Map(types),
  }
}

function described(
  at: Pick<Described, 'name' | 'path' | 'method' | 'also'>,
  operation: Node,
): Described {
  const known = operations.find(({ name }) => name === at.name)
  if (known === undefined) throw new Error(`${at.name} stands in the API and is no operation`)
  const responses = Object.entries(node(operation.responses))
  const good = responses.find(([status]) => status < '300')
  const [media = '', content] = Object.entries(node(node(good?.[1]).content))[0] ?? []
  return {
    ...at,
    summary: known.summary,
    need: known.need,
    fresh: known.fresh,
    fields: fieldsOf(operation),
    status: good?.[0] ?? '',
    media,
    output: node(node(content).schema),
    errors: responses
      .filter(([status]) => status >= '400')
      .map(([status, response]) => ({
        status,
        codes: String(node(response).description).split(', '),
      })),
  }
}

function fieldsOf(operation: Node): Field[] {
  const parameters = list(operation.parameters).map(node)
  const sent = parameters.map(
    ({ name, in: place, schema, required, description }): Field => ({
      name: String(name),
      where: place === 'path' ? 'path' : 'query',
      schema: { description, ...node(schema) },
      required: required === true,
    }),
  )
  if (operation.requestBody === undefined) return sent
  const content = node(node(node(operation.requestBody).content)['application/json'])
  return [
    ...sent,
    ...members(node(content.schema)).map((member) => ({ ...member, where: 'body' as const })),
  ]
}

export function members(schema: Node): Omit<Field, 'where'>[] {
  const required = list(schema.required)
  return Object.entries(node(schema.properties ?? {})).map(([name, member]) => ({
    name,
    schema: node(member),
    required: required.includes(name) && node(member).default === undefined,
  }))
}

export function node(value: unknown): Node {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new Error('The API description has not the expected form')
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
