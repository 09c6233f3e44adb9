// Reads FHIR R4 NDJSON as it is: ids and content stay exactly as written. A line that cannot be read
// is set aside with its number; the lines around it load. Nothing here judges the content.

import { type Json, parseNdjson, type Resource } from '@chartway/codecs/fhir'
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
  for (const { name: file, text } of files) {
    for (const read of parseNdjson(text)) {
      const { line } = read
      if ('problem' in read) {
        problems.push({ file, line, ...read.problem })
        continue
      }
      const checked = check(read.value, seen)
      if (typeof checked === 'string') problems.push({ file, line, code: checked })
      else resources.push(checked)
    }
  }
  return { resources, problems }
}

function check(value: Json, seen: Set<string>): (Resource & { id: string }) | LoadProblem['code'] {
  if (!isResource(value)) return 'NDJSON_NOT_A_RESOURCE'
  if (!hasId(value)) return 'NDJSON_ID_MISSING'
  const key = `${value.resourceType}/${value.id}`
  if (seen.has(key)) return 'NDJSON_ID_TWICE'
  seen.add(key)
  return value
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
