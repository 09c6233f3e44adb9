// Which media type an answer has, out of what was asked for: FHIR R4, http.html 3.1.0.1.9. It reads
// headers and one parameter, and writes nothing.

export const FHIR_JSON = 'application/fhir+json'
const PLAIN_JSON = 'application/json'
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['json', FHIR_JSON],
  [FHIR_JSON, FHIR_JSON],
  // A plus that was not escaped is a space.
  ['application/fhir json', FHIR_JSON],
  [PLAIN_JSON, PLAIN_JSON],
  ['text/json', FHIR_JSON],
])
/** Characters of an Accept header that are read. */
const ACCEPT_MAX = 1_000

/**
 * The media type of the answer; undefined when none that is asked for is served. `_format` overrides
 * the header. Without either it is FHIR's own.
 */
export function mediaTypeOf(asked: {
  readonly accept: string | undefined
  readonly format: string | undefined
}): string | undefined {
  const { accept, format } = asked
  if (format !== undefined && format !== '') {
    const [type = ''] = format.toLowerCase().split(';')
    return FORMATS.get(type.trim())
  }
  if (accept === undefined || accept.trim() === '') return FHIR_JSON
  const types = accept.slice(0, ACCEPT_MAX).toLowerCase().split(',').flatMap(typeOf)
  if (types.includes(FHIR_JSON)) return FHIR_JSON
  if (types.includes(PLAIN_JSON)) return PLAIN_JSON
  return types.some((type) => type === '*/*' || type === 'application/*' || type === 'text/json')
    ? FHIR_JSON
    : undefined
}

/** Not what is refused by a weight of zero. */
function typeOf(text: string): string[] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim())
  return parameters.some((one) => /^q=0(\.0*)?$/.test(one)) ? [] : [type]
}

/** `Prefer: handling=strict`: RFC 7240 and FHIR R4, search.html 3.1.1.1.1. */
export function handlingOf(prefer: string | undefined): 'strict' | 'lenient' {
  return /(?:^|[,;\s])handling="?strict"?(?:$|[,;\s])/i.test(prefer ?? '') ? 'strict' : 'lenient'
}
