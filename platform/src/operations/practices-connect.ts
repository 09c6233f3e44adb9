// Connects a practice, or gives a connected one other settings: checks what can be checked without
// sending anything, and stores them. Whether the practice answers is what practices.check finds out.

import type { Json, JsonObject } from '@chartway/codecs/fhir'
import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { type PracticeRef, practiceId } from '../kernel/ids.ts'
import { actorOf, type Context } from './context.ts'
import { InputProblem, operation } from './operation.ts'
import { practiceAnswer, shownPractice } from './practice-answer.ts'

const TEXT_MAX = 200
/** How deep overrides may nest. */
const DEPTH_MAX = 8

export const practicesConnect = operation({
  name: 'practices.connect',
  summary: 'Connect a practice of the organization, or change the settings of one',
  need: 'settings',
  input: z.strictObject({
    practice: z.string().describe('An id of your choice: lower-case letters, digits and dashes'),
    name: z.string().min(1).max(TEXT_MAX),
    timeZone: z.string().max(TEXT_MAX).describe('IANA name, such as America/New_York'),
    dialect: z.string().max(TEXT_MAX).default('eclinicalworks'),
    baseUrl: z
      .string()
      .max(2000)
      .describe('FHIR base URL with the practice code, no slash at the end'),
    clientId: z.string().min(1).max(TEXT_MAX),
    overrides: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Deviations from the dialect'),
  }),
  output: z.object({
    practice: practiceAnswer,
    notes: z.array(z.string()).describe('What is only unusual: for a person to look at'),
  }),
  errors: [
    'PRACTICE_HAS_RECORDS',
    'TIME_ZONE_UNKNOWN',
    'PATHWAY_BASE_URL_SLASH',
    'PATHWAY_BASE_URL_INVALID',
    'PATHWAY_BASE_URL_NO_PRACTICE',
    'PATHWAY_DIALECT_UNKNOWN',
    'PATHWAY_SETTINGS_INVALID',
  ],
  run: async (context, input) => {
    const practice = practiceId(input.practice)
    if (practice === undefined)
      throw new InputProblem('practice', 'lower-case letters, digits and dashes, at most 40')
    checkTimeZone(input.timeZone)
    const { overrides } = input
    if (!isJsonObject(overrides))
      throw new InputProblem('overrides', `JSON, at most ${DEPTH_MAX} deep`)
    const settings = { ...input, practice, overrides }
    const problem = context.connections.problem(settings)
    if (problem !== undefined) throw problem
    const { organization } = context.principal
    await refuseOtherPractice(context, { organization, practice }, settings.baseUrl)
    const connected = await context.practices.connect(organization, settings, actorOf(context))
    context.directory.forget(organization)
    return { practice: shownPractice(connected), notes: [...context.connections.notes(settings)] }
  },
})

/** What is mirrored of one practice would all seem deleted at another. */
async function refuseOtherPractice(
  { practices, mirror }: Pick<Context, 'practices' | 'mirror'>,
  ref: PracticeRef,
  baseUrl: string,
): Promise<void> {
  const connected = await practices.get(ref)
  if (connected === undefined || practiceCode(connected.baseUrl) === practiceCode(baseUrl)) return
  if ((await mirror.lastSequence(ref)) > 0)
    throw new ChartwayError('PRACTICE_HAS_RECORDS', { details: { position: 'baseUrl' } })
}

/** The last segment of the path of a base URL that is in order. */
function practiceCode(baseUrl: string): string | undefined {
  return new URL(baseUrl).pathname.split('/').at(-1)
}

function checkTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
  } catch (cause) {
    throw new ChartwayError('TIME_ZONE_UNKNOWN', { details: { position: 'timeZone' }, cause })
  }
}

function isJsonObject(value: unknown, depth = 0): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((member) => isJson(member, depth + 1))
}

function isJson(value: unknown, depth: number): value is Json {
  if (depth > DEPTH_MAX) return false
  if (Array.isArray(value)) return value.every((member) => isJson(member, depth + 1))
  return value === null || typeof value !== 'object' || isJsonObject(value, depth)
}
