// `npm run prove -- NAME [--json] [--quick] [--seed N] [--mutants]`: runs a proof, prints what it found, and
// as its last line JSON with figures and `ok` (true, false, or null when it could not be run here).

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Proof, ProofResult } from './proof.ts'

const PROOFS: Readonly<Record<string, () => Promise<{ readonly proof: Proof }>>> = {
  bulk: () => import('./bulk.ts'),
  facade: () => import('./facade.ts'),
  'facade-out': () => import('./facade-out.ts'),
  mirror: () => import('./mirror.ts'),
  real: () => import('./real.ts'),
  phi: () => import('./phi.ts'),
  restore: () => import('./restore.ts'),
  views: () => import('./views.ts'),
  tenants: () => import('./tenants.ts'),
}
const EVIDENCE = join(import.meta.dirname, '..', '..', 'docs', 'evidence')

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string' },
  },
})
process.exitCode = await main()

async function main(): Promise<number> {
  const [name] = positionals
  const load = name === undefined ? undefined : PROOFS[name]
  if (load === undefined) {
    console.error(`Which proof? One of: ${Object.keys(PROOFS).join(', ')}`)
    return 2
  }
  const { proof } = await load()
  return values.mutants ? mutants(proof) : once(proof)
}

async function once(proof: Proof): Promise<number> {
  const started = performance.now()
  const result = await run(proof, values.mutant)
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const ok = verdict(result)
  if (!values.json) report(proof, result)
  const line = {
    proof: proof.name,
    ok,
    quick: values.quick,
    seed: Number(values.seed),
    ...(values.mutant === undefined ? {} : { mutant: values.mutant }),
    ...(result.skipped === undefined ? {} : { skipped: result.skipped }),
    seconds,
    failed: result.checks.filter((check) => !check.ok).map((check) => check.what),
    figures: result.figures,
  }
  if (!values.quick && values.mutant === undefined && ok !== null) keepEvidence(proof.name, line)
  console.log(JSON.stringify(line))
  return ok === false ? 1 : 0
}

/** An error inside a proof is a proof that failed, and says so like any other. */
async function run(proof: Proof, mutant: string | undefined): Promise<ProofResult> {
  try {
    return await proof.run({
      quick: values.quick,
      seed: Number(values.seed),
      ...(mutant === undefined ? {} : { mutant }),
      say: (line) => console.error(line),
    })
  } catch (error) {
    console.error(error)
    const found = error instanceof Error ? error.message.slice(0, 300) : String(error)
    return { checks: [{ what: 'the proof ran to its end', ok: false, found }], figures: {} }
  }
}

function verdict(result: ProofResult): boolean | null {
  if (result.skipped !== undefined) return null
  return result.checks.length > 0 && result.checks.every((check) => check.ok)
}

/** With each protection switched off the proof must fail; one that passes anyway is hollow. */
async function mutants(proof: Proof): Promise<number> {
  const survived: string[] = []
  for (const mutant of proof.mutants) {
    const red = verdict(await run(proof, mutant)) === false
    if (!red) survived.push(mutant)
    console.error(`${mutant}: ${red ? 'turns the proof red, as it should' : 'SURVIVED'}`)
  }
  const ok = survived.length === 0 && proof.mutants.length > 0
  console.log(JSON.stringify({ proof: proof.name, mutants: proof.mutants.length, survived, ok }))
  return ok ? 0 : 1
}

function report(proof: Proof, result: ProofResult): void {
  console.log(`${proof.name}: ${proof.shows}`)
  if (result.skipped !== undefined) console.log(`  skipped: ${result.skipped}`)
  for (const { what, ok, found } of result.checks)
    console.log(`  ${ok ? 'holds' : 'FAILS'}  ${what}${found === undefined ? '' : ` (${found})`}`)
}

function keepEvidence(name: string, line: object): void {
  const file = join(EVIDENCE, `${name}.json`)
  mkdirSync(dirname(file), { recursive: true })
  const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const commit = git('rev-parse', '--short', 'HEAD')
  // Evidence of code that is in no commit proves nothing to anybody else.
  const changed = git('status', '--porcelain', '--', '.', ':!docs/evidence')
  const machine = `${cpus().length} cores, ${process.platform} ${process.arch}, Node ${process.version}`
  writeFileSync(
    file,
    `${JSON.stringify({ commit, uncommitted: changed !== '', machine, ...line }, null, 2)}\n`,
  )
}
