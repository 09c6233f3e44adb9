// What an access token can be for: the audiences that we serve, as URLs. A token is good at the face
// whose resource it names, or whose resource lies below what it names, and nowhere else.

import { type PracticeId, practiceId } from '../../kernel/ids.ts'

const FHIR = '/fhir/r4'
/** Resources that are not of one practice. */
const WHOLE = [FHIR, '/mcp', '/v1']

/** Whether it is one of ours, spelled exactly so (RFC 8707, section 2). */
export function isResource(publicUrl: string, resource: string): boolean {
  return (
    WHOLE.some((path) => resource === publicUrl + path) ||
    practiceOf(publicUrl, resource) !== undefined
  )
}

/** The practice whose FHIR base it is. */
export function practiceOf(publicUrl: string, resource: string): PracticeId | undefined {
  const base = `${publicUrl}${FHIR}/`
  return resource.startsWith(base) ? practiceId(resource.slice(base.length)) : undefined
}

/** Where a backend's token is good when it names nothing: at all FHIR bases it may see. */
export function anyFhir(publicUrl: string): string {
  return publicUrl + FHIR
}

/** Whether a token for `audience` is good at a face that serves `resource`. */
export function isFor(audience: string, resource: string): boolean {
  return resource === audience || resource.startsWith(`${audience}/`)
}
