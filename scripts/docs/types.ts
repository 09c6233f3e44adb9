// Schemas in words: a type as one line of HTML with links to the types by name, and the members of an
// object as rows. It knows the parts of JSON Schema that the API uses.

import { code, esc, prose } from './html.ts'
import { list, members, type Node, node } from './openapi.ts'

/** Deeper members are left to the type's own page. */
const DEPTH_MAX = 4

export function typeHtml(schema: Node): string {
  if (typeof schema.$ref === 'string') return typeLink(schema.$ref.split('/').at(-1) ?? '')
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => code(String(one))).join(' | ')
  if ('const' in schema) return code(JSON.stringify(schema.const))
  const choices = [...list(schema.anyOf), ...list(schema.oneOf)]
  if (choices.length > 0) return choices.map((choice) => typeHtml(node(choice))).join(' | ')
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeHtml({ ...schema, type })).join(' | ')
  if (schema.type === 'array') return `list of ${typeHtml(node(schema.items ?? {}))}`
  if (schema.type === undefined) return 'anything'
  if (schema.type === 'object') return mapOf(schema)
  return `${esc(String(schema.type))}${bounds(schema)}`
}

function mapOf({ properties, additionalProperties: rest }: Node): string {
  if (properties !== undefined || typeof rest !== 'object' || rest === null) return 'object'
  return `map of ${typeHtml(node(rest))}`
}

function bounds({ minimum, maximum, format, minLength, maxLength }: Node): string {
  const parts = [
    typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? `from ${minimum}` : '',
    typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : '',
    typeof minLength === 'number' && minLength > 1 ? `at least ${minLength} characters` : '',
    typeof maxLength === 'number' ? `at most ${maxLength} characters` : '',
    typeof format === 'string' ? format : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : ` <small>${esc(parts.join(', '))}</small>`
}

export function typeLink(name: string): string {
  return `<a href="/types/${esc(name)}.html">${esc(name)}</a>`
}

/** Rows of path, type and description, into objects that have no name of their own. */
export function memberRows(schema: Node, prefix = '', depth = 0): string[][] {
  return members(schema).flatMap(({ name, schema: member, required }) => {
    const path = `${prefix}${name}`
    const row = [
      code(required ? path : `${path}?`),
      typeHtml(member),
      typeof member.description === 'string' ? prose(member.description) : '',
    ]
    const inner = depth < DEPTH_MAX ? innerOf(member) : undefined
    return [
      row,
      ...(inner === undefined ? [] : memberRows(inner.schema, path + inner.sign, depth + 1)),
    ]
  })
}

/** The object within a list or a choice with null. */
function innerOf(schema: Node): { readonly schema: Node; readonly sign: string } | undefined {
  if (schema.properties !== undefined) return { schema, sign: '.' }
  if (schema.type === 'array') {
    const inner = innerOf(node(schema.items ?? {}))
    return inner && { schema: inner.schema, sign: `[]${inner.sign}` }
  }
  return list(schema.anyOf)
    .map((choice) => innerOf(node(choice)))
    .find((inner) => inner !== undefined)
}
