// JSON Pointers (RFC 6901): the address of one place in a JSON value, as text.

/** One reference token, escaped after RFC 6901 section 3, behind its slash. */
export function pointerTo(parent: string, member: string | number): string {
  if (typeof member === 'number') return `${parent}/${member}`
  return `${parent}/${member.includes('~') || member.includes('/') ? escaped(member) : member}`
}

function escaped(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1')
}

/**
 * The reference tokens of a pointer, unescaped (RFC 6901 section 4); undefined when the text is not a
 * pointer. The empty pointer, which is the whole value, has none.
 */
export function pointerTokens(pointer: string): readonly string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
