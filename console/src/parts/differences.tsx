// The differences of one change, field by field, before and after; a record that came whole is told by
// its fields. Values are shown as they are, and cut when they are long.

import type { Change } from '@chartway/client'

type Difference = Change['differences'][number]

/** Characters of one value, and fields of one change, that are shown before more is asked for. */
const VALUE_MAX = 160
const FIELDS_MAX = 12

export function Differences({
  differences,
  all = false,
}: {
  readonly differences: readonly Difference[]
  readonly all?: boolean
}) {
  const whole = differences.length === 1 && differences[0]?.path === '' ? differences[0] : undefined
  if (whole !== undefined) return <WholeRecord value={whole.after ?? whole.before} />
  const shown = all ? differences : differences.slice(0, FIELDS_MAX)
  return (
    <ul className="diff">
      {shown.map((difference) => (
        <li key={difference.path}>
          <code className="diff-path">{fieldInWords(difference.path)}</code>
          <span className="diff-values">
            {difference.op === 'add' ? null : (
              <del>
                <span className="seen-by-ear">before </span>
                {valueInWords(difference.before)}
              </del>
            )}
            {difference.op === 'remove' ? (
              <span className="quiet">removed</span>
            ) : (
              <ins>
                <span className="seen-by-ear">after </span>
                {valueInWords(difference.after)}
              </ins>
            )}
          </span>
        </li>
      ))}
      {shown.length < differences.length ? (
        <li className="quiet">and {differences.length - shown.length} more fields</li>
      ) : null}
    </ul>
  )
}

function WholeRecord({ value }: { readonly value: unknown }) {
  const fields =
    typeof value === 'object' && value !== null
      ? Object.keys(value).filter((name) => !['resourceType', 'id', 'meta', 'text'].includes(name))
      : []
  return (
    <p className="small quiet">
      The whole record, with {fields.length} fields:{' '}
      <span className="mono wrap-anywhere">{fields.join(', ')}</span>
    </p>
  )
}

/** `/name/0/family` → `name[0].family`. RFC 6901 escapes are undone. */
export function fieldInWords(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => {
      if (/^\d+$/.test(step)) return `${path}[${step}]`
      return path === '' ? step : `${path}.${step}`
    }, '')
}

function valueInWords(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text
}
