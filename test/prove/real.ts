// `prove real`: other people's resources go through the vendor's surface into the mirror and come back
// out of the API equal in content. The judge reads the input files; nothing of the platform judges.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@chartway/codecs/fhir'
import type { Network } from '@chartway/platform'
import { everything, socketRig } from '../rig.ts'
import {
  differingPaths,
  type Item,
  isItem,
  type RepairNote,
  type Value,
  withoutRepairs,
  withoutServerMeta,
} from './judge/compare.ts'
import { nameOf, reachOf } from './judge/reach.ts'
import { unlawfulRepairs } from './judge/repairs.ts'
import { entriesLost, pagesNotFollowed } from './mutants.ts'
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'fhir')
const SETS = [
  { folder: 'synthea', code: 'AAABCD', practice: 'synthea' },
  { folder: 'us-core-6.1.0', code: 'AABCDE', practice: 'us-core' },
] as const
/** Resources that must have been compared for the proof to have shown anything. */
const COMPARED_MIN = 4500
/** Vendor time runs this much faster than the wall, so that its budget does not take minutes. */
const TIME_SCALE = 60
const WALL_MS_MAX = 120_000

export const proof: Proof = {
  name: 'real',
  shows: 'Synthea and US Core samples come back from the API equal to the files they came from.',
  mutants: ['observation-fan-out', 'pages-not-followed', 'entries-lost'],
  run,
}

async function run(options: ProofOptions): Promise<ProofResult> {
  if (!existsSync(SAMPLES))
    return { checks: [], figures: {}, skipped: 'The sample files are not here.' }
  const inputs = SETS.map((set) => ({ ...set, files: filesOf(set.folder) }))
  const lie = LIES[options.mutant ?? '']
  await using rig = await socketRig({
    seed: options.seed,
    timeScale: TIME_SCALE,
    practices: inputs.map(({ code, practice, files }) => ({
      code,
      practice,
      sandbox: { kind: 'loaded', files },
      overrides: overridesOf(options.mutant),
    })),
    preset: 'calm',
    ...(lie === undefined ? {} : { between: lie }),
  })
  const results = []
  for (const { practice, files } of inputs) {
    options.say(`${practice}: mirroring`)
    await rig.firstSync(practice, WALL_MS_MAX)
    const served = (await everything(rig, practice)) as unknown as ApiItem[]
    results.push(judge(practice, inputsIn(files), served))
  }
  const minutes = rig.sandbox.operator.minutes()
  return verdictOf(results, Math.max(...minutes.map((minute) => minute.arrived)))
}

const LIES: Readonly<Record<string, (network: Network) => Network>> = {
  'pages-not-followed': pagesNotFollowed,
  'entries-lost': entriesLost,
}

/** One mutant leaves a search out of the plan. */
function overridesOf(mutant: string | undefined): JsonObject {
  return mutant === 'observation-fan-out' ? { exclude: ['Observation.laboratory'] } : {}
}

interface Judged {
  readonly practice: string
  readonly compared: Readonly<Record<string, number>>
  readonly differences: readonly string[]
  readonly unlawful: readonly string[]
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  readonly repairs: Readonly<Record<string, number>>
  readonly unserved: Readonly<Record<string, number>>
}

/** One item of a `/v1` list as it is on the wire. */
interface ApiItem {
  readonly resource: Item
  readonly repairs: readonly RepairNote[]
}

function judge(practice: string, input: readonly Item[], served: readonly ApiItem[]): Judged {
  const { served: expected, unserved } = reachOf(input)
  const inputByName = new Map(input.map((resource) => [nameOf(resource), resource]))
  const servedByName = new Map(served.map((item) => [nameOf(item.resource), item]))
  const compared: Record<string, number> = {}
  const repairs: Record<string, number> = {}
  const differences: string[] = []
  const unlawful: string[] = []
  for (const [name, item] of servedByName) {
    const original = inputByName.get(name)
    if (original === undefined) continue
    const notes = item.repairs
    unlawful.push(
      ...unlawfulRepairs(item.resource, notes).map((what) => `${practice} ${name}${what}`),
    )
    for (const { rule } of notes) repairs[rule] = (repairs[rule] ?? 0) + 1
    const paths = differingPaths(
      withoutServerMeta(original),
      withoutServerMeta(withoutRepairs(item.resource, notes)),
    )
    const type = String(original.resourceType)
    compared[type] = (compared[type] ?? 0) + 1
    differences.push(...paths.map((path) => `${practice} ${name}${path}`))
  }
  return {
    practice,
    compared,
    differences,
    unlawful,
    repairs,
    unserved,
    missing: expected.map(nameOf).filter((name) => !servedByName.has(name)),
    extra: [...servedByName.keys()].filter((name) => !inputByName.has(name)),
  }
}

function verdictOf(results: readonly Judged[], fullestMinute: number): ProofResult {
  const total = results
    .flatMap(({ compared }) => Object.values(compared))
    .reduce((a, b) => a + b, 0)
  return {
    checks: [
      floor('resources compared', total, COMPARED_MIN),
      none(
        'differing path',
        results.flatMap((result) => result.differences),
      ),
      none(
        'repair that nothing allows',
        results.flatMap((result) => result.unlawful),
      ),
      none(
        'servable resource missing',
        results.flatMap((result) => result.missing),
      ),
      none(
        'resource that is in no file',
        results.flatMap((result) => result.extra),
      ),
      check('fullest vendor minute at most 250 calls', fullestMinute <= 250, fullestMinute),
    ],
    figures: {
      compared: total,
      fullestMinute,
      byPractice: Object.fromEntries(
        results.map(({ practice, compared, repairs, unserved }) => [
          practice,
          { compared, repairs, unserved },
        ]),
      ),
    },
  }
}

function filesOf(folder: string): { name: string; text: string }[] {
  return readdirSync(join(SAMPLES, folder))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => ({ name, text: readFileSync(join(SAMPLES, folder, name), 'utf8') }))
}

function inputsIn(files: readonly { readonly text: string }[]): Item[] {
  return files
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line): Value => JSON.parse(line))
    .filter(isItem)
}
