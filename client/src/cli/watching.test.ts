// What the command shows while something goes on, against answers that a scripted fetch gives.

import { expect, test } from 'vitest'
import { EXIT } from './exit-codes.ts'
import { runCli } from './program.ts'
import { age, printable, table } from './tables.ts'

const begun = {
  phase: 'first-sync',
  asked: 0,
  toAsk: 4,
  records: 0,
  callsThisMinute: 0,
  callsPerMinuteMax: 250,
  secondsLeft: null,
  startedAt: null,
  firstRecordAt: null,
  completeAt: null,
  problems: 0,
  lastCode: null,
}

async function watched(words: string, terminal: boolean, answers: readonly object[]) {
  let out = ''
  let asked = 0
  const code = await runCli(words.split(' '), {
    out: (text) => {
      out += text
    },
    err: () => {},
    input: async function* () {},
    terminal,
    environment: { CHARTWAY_URL: 'http://door.test', CHARTWAY_KEY: 'cw_a_b_c' },
    folder: '.',
    fetch: async (url) =>
      Response.json(
        url.endsWith('/health')
          ? { clockFactor: 60 }
          : answers[Math.min(asked++, answers.length - 1)],
      ),
    wait: async () => {},
    signal: new AbortController().signal,
  })
  return { code, out, asked }
}

const course = [
  begun,
  { ...begun, asked: 2, records: 120, secondsLeft: 1800, problems: 1 },
  { ...begun, phase: 'continuing', asked: 4, records: 250 },
]

test.each([true, false])(
  'sync ends when everything was asked once (terminal: %s)',
  async (terminal) => {
    const { code, out } = await watched('sync', terminal, course)
    expect(code).toBe(EXIT.done)
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      'Mirrored, and kept fresh: 250 records, 4 of 4 questions answered, 0/250 calls this minute',
    )
  },
)

test('sync says once how far it is when that is wanted', async () => {
  const { out, asked } = await watched('sync --once', false, course.slice(1))
  expect(asked).toBe(1)
  expect(out).toBe(
    'First sync: 120 records, 2 of 4 questions answered, 0/250 calls this minute, 30 s left, 1 problem\n',
  )
})

test('text of a chart cannot command the terminal', () => {
  const shown = table(['name'], [['Doe\u001b[2J\u0007\u202e']])
  for (const command of ['\u001b', '\u0007', '\u202e']) expect(shown).not.toContain(command)
  expect(printable('plain é 漢')).toBe('plain é 漢')
})

test.each([
  [null, 'never'],
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [7_199, '1 h'],
  [200_000, '2 d'],
])('an age of %j seconds is called %s', (seconds, words) => {
  expect(age(seconds)).toBe(words)
})
