// Destroys every row of a practice that was exported before, in steps that a kill may interrupt anywhere:
// begun again, it goes on and counts right. At the end it writes the certificate beside the export.

import { join } from 'node:path'
import { ChartwayError } from '../kernel/errors.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import { type Certificate, certify, inWords, NOT_COVERED } from './certificate.ts'
import { checkExport, type ExportManifest, type ExportPorts, once, stale } from './export.ts'
import { type Begun, createEraser, type Eraser, snapshotOf, tablesOfPractices } from './store.ts'

export interface DestroyPorts extends ExportPorts {
  readonly masterKey: Uint8Array
}

/** Exactly what has to be said. */
export function confirmationFor({ organization, practice }: PracticeRef): string {
  return `destroy ${practice} of ${organization}`
}

/**
 * Needs the folder of an export that is whole and of now, a paused practice that nobody asks, and the
 * sentence of `confirmationFor`. Throws CONFIRMATION_WRONG, EXPORT_STALE, PRACTICE_NOT_PAUSED, NOT_FOUND.
 */
export async function destroyPractice(
  ports: DestroyPorts,
  ref: PracticeRef,
  given: {
    readonly folder: string
    readonly confirmation: string | undefined
    readonly actor: string
    readonly onTable?: (table: string) => void
  },
): Promise<Certificate> {
  if (given.confirmation !== confirmationFor(ref))
    throw new ChartwayError('CONFIRMATION_WRONG', { details: { sentence: confirmationFor(ref) } })
  const { manifest, sha256 } = await checkExport(ports.files, given.folder)
  if (manifest.organization !== ref.organization || manifest.practice !== ref.practice)
    throw stale('of another practice')
  const tables = await practiceTables(ports)
  const eraser = createEraser(ports)
  try {
    const begun = await begin(ports, eraser, ref, { manifest, sha256, actor: given.actor })
    for (const table of [...tables, 'practices']) {
      while (!(await eraser.erase(ref, begun.startedAt, table)));
      given.onTable?.(table)
    }
    const finished = await finish(ports, eraser, ref, { begun, sha256, actor: given.actor })
    const certificate = certify(
      {
        ...ref,
        exported: { madeAt: manifest.madeAt, manifestSha256: sha256 },
        startedAt: new Date(finished.startedAt).toISOString(),
        finishedAt: new Date(finished.finishedAt ?? 0).toISOString(),
        by: given.actor,
        destroyedRows: finished.destroyed,
        notCovered: [...NOT_COVERED],
      },
      ports.masterKey,
    )
    const write = (name: string, text: string) =>
      ports.files.write(join(given.folder, name), once(Buffer.from(text)))
    await write('certificate.json', `${JSON.stringify(certificate, null, 2)}\n`)
    await write('certificate.txt', inWords(certificate))
    return certificate
  } finally {
    await eraser.close()
  }
}

async function practiceTables(ports: DestroyPorts): Promise<readonly string[]> {
  const dump = await snapshotOf(ports)
  try {
    return tablesOfPractices(dump)
  } finally {
    await dump.close()
  }
}

async function begin(
  { clock }: DestroyPorts,
  eraser: Eraser,
  ref: PracticeRef,
  by: { readonly manifest: ExportManifest; readonly sha256: string; readonly actor: string },
): Promise<Begun> {
  const earlier = await eraser.begun(ref, by.sha256)
  if (earlier !== undefined) return earlier
  const now = Math.floor(clock.now())
  const { state, askedUntil, sequence } = await eraser.state(ref)
  if (state === undefined) throw new ChartwayError('NOT_FOUND')
  if (state !== 'paused' || askedUntil > now) throw new ChartwayError('PRACTICE_NOT_PAUSED')
  if (sequence !== by.manifest.sequence) throw stale('the practice has changed since')
  await eraser.begin(ref, now, by.actor, by.sha256)
  return { startedAt: now, destroyed: {}, finishedAt: undefined }
}

async function finish(
  { clock }: DestroyPorts,
  eraser: Eraser,
  ref: PracticeRef,
  by: { readonly begun: Begun; readonly sha256: string; readonly actor: string },
): Promise<Begun> {
  if (by.begun.finishedAt === undefined)
    await eraser.finish(ref, by.begun.startedAt, {
      at: Math.floor(clock.now()),
      actor: by.actor,
      action: 'practices.destroy',
      subject: `Practice/${ref.practice}`,
      outcome: 'success',
    })
  return (await eraser.begun(ref, by.sha256)) ?? by.begun
}
