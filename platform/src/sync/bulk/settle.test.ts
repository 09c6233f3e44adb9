// Which types of an export are whole: told from its files alone.

import { expect, test } from 'vitest'
import { typesOf } from './settle.ts'

const file = (type: string, rest: Partial<Parameters<typeof typesOf>[1][number]> = {}) => ({
  ...{ type, state: 'whole' as const, unusable: 0, code: null },
  ...rest,
})
const ASKED = ['Patient', 'Goal']

test('a type whose every file was read to its end is whole; one without a file is not', () => {
  expect(typesOf({ errors: 0 }, [file('Patient'), file('Patient')], ASKED)).toEqual({
    whole: ['Patient'],
    short: [{ type: 'Goal', code: 'PATHWAY_BULK_TYPE_ABSENT' }],
  })
})

test('one short file, or one line that could not be used, leaves its type not whole', () => {
  const files = [
    file('Patient'),
    file('Patient', { state: 'short', code: 'PATHWAY_BULK_FILE_GONE' }),
    file('Goal', { unusable: 1 }),
  ]
  expect(typesOf({ errors: 0 }, files, ASKED)).toEqual({
    whole: [],
    short: [
      { type: 'Patient', code: 'PATHWAY_BULK_FILE_GONE' },
      { type: 'Goal', code: 'PATHWAY_BULK_LINE_BROKEN' },
    ],
  })
})

test('an export that states an error has no whole type', () => {
  const { whole, short } = typesOf({ errors: 1 }, [file('Patient'), file('Goal')], ASKED)
  expect(whole).toEqual([])
  expect(short.map(({ code }) => code)).toEqual([
    'PATHWAY_BULK_ERRORS_STATED',
    'PATHWAY_BULK_ERRORS_STATED',
  ])
})

test('a type that came along unasked counts as well', () => {
  expect(typesOf({ errors: 0 }, [file('Binary')], []).whole).toEqual(['Binary'])
})
