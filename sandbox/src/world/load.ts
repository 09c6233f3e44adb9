// Reads FHIR R4 NDJSON as it is: ids and content stay exactly as written. A line that cannot be read
// is set aside with its number; the lines around it load. Nothing here judges the content.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { LoadedPractice, LoadProblem } from './types.ts'

/** Clause: FHIR R4 datatypes, `id`. */
const LOGICAL_ID = /^[A-Za-z0-9.-]{1,64}$/
const TYPE_NAME = /^[A-Z][A-Za-z]+$/

export interface Loaded {
  readonly resources: readonly (Resource & { id: string })[]
  readonly problems: readonly LoadProblem[]
}

/** Reads all files of one practice; an id may occur once per type over all of them. */
export function loadFiles(files: LoadedPractice['files']): Loaded {
  const resources: (Resource & { id: string })[] = []
  const problems: LoadProblem[] = []
  const seen = new Set<string>()
  for (const file of files) {
    for (const [index, text] of file.text
      .replace(/^\uFEFF/, '')
      .split('\n')
      .entries()) {
      if (text.trim() === '') continue
      const read = readLine(text.endsWith('\r') ? text.slice(0, -1) : text, seen)
      if ('code' in read) problems.push({ file: file.name, line: index + 1, ...read })
      else resources.push(read.resource)
    }
  }
  return { resources, problems }
}

type Read = { readonly resource: Resource & { id: string } } | Pick<LoadProblem, 'code' | 'column'>

function readLine(text: string, seen: Set<string>): Read {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    const column = columnOf(error, text)
    return column === undefined ? { code: 'NDJSON_NOT_JSON' } : { code: 'NDJSON_NOT_JSON', column }
  }
  if (!isResource(value)) return { code: 'NDJSON_NOT_A_RESOURCE' }
  if (!hasId(value)) return { code: 'NDJSON_ID_MISSING' }
  const key = `${value.resourceType}/${value.id}`
  if (seen.has(key)) return { code: 'NDJSON_ID_TWICE' }
  seen.add(key)
  return { resource: value }
}

function isResource(value: Json): value is Resource {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.resourceType === 'string' &&
    TYPE_NAME.test(value.resourceType)
  )
}

function hasId(resource: Resource): resource is Resource & { id: string } {
  return typeof resource.id === 'string' && LOGICAL_ID.test(resource.id)
}

/** 1-based. V8 names a position in most of its messages and none in the others. */
function columnOf(error: unknown, text: string): number | undefined {
  if (!(error instanceof SyntaxError)) return undefined
  const position = /at position (\d+)/.exec(error.message)?.[1]
  if (position !== undefined) return Number(position) + 1
  return error.message.startsWith('Unexpected end') ? text.length + 1 : undefined
}
