// `chartway-platform offboard`: a practice leaves. Its data is exported, then destroyed, and a certificate
// says so.

import { ChartwayError } from '../kernel/errors.ts'
import { organizationId, type PracticeRef, practiceId } from '../kernel/ids.ts'
import { destroyPractice, exportPractice, readCertificate } from '../offboarding/index.ts'
import { type Installation, OPERATOR, sealingKey, within } from './installation.ts'

/** The organization of an installation that has one. */
const FIRST_ORGANIZATION = 'home'

export interface Named {
  readonly practice: string
  readonly organization: string | undefined
}

export async function offboardExport(
  installation: Installation,
  named: Named,
  folder: string,
): Promise<void> {
  const ref = refOf(named)
  await within(installation, { own: false }, async ({ url }) => {
    const { clock, streams: files } = installation
    const path = installation.path(folder)
    const manifest = await exportPractice({ url, clock, files }, ref, path, (file) =>
      installation.say(`  ${file.path}: ${file.lines.toLocaleString('en-US')} lines`, file),
    )
    installation.say(
      `Exported into ${path}, as of change ${manifest.sequence}. These files are readable: they are patients’ records.`,
      { ...manifest, files: manifest.files.length },
    )
  })
}

export async function offboardDestroy(
  installation: Installation,
  named: Named,
  given: { readonly folder: string; readonly confirmation: string | undefined },
): Promise<void> {
  const ref = refOf(named)
  const masterKey = await sealingKey(installation)
  await within(installation, { own: false }, async ({ url }) => {
    const { clock, streams: files } = installation
    const folder = installation.path(given.folder)
    const certificate = await destroyPractice({ url, clock, files, masterKey }, ref, {
      folder,
      confirmation: given.confirmation,
      actor: OPERATOR,
      onTable: (table) => installation.say(`  ${table}: nothing left`, { table }),
    })
    installation.say(`Destroyed. The certificate is in ${folder}.`, certificate)
  })
}

export async function offboardVerify(installation: Installation, written: string): Promise<void> {
  const masterKey = await sealingKey(installation)
  const path = installation.path(written)
  const text = await installation.files.readText(path)
  if (text === undefined) throw new ChartwayError('FILE_MISSING', { details: { path } })
  const said = readCertificate(text, masterKey)
  installation.say(
    `True: practice ${said.practice} of ${said.organization} was destroyed here by ${said.finishedAt}.`,
    said,
  )
}

function refOf(named: Named): PracticeRef {
  const organization = organizationId(named.organization ?? FIRST_ORGANIZATION)
  const practice = practiceId(named.practice)
  if (organization === undefined || practice === undefined) throw new ChartwayError('NOT_FOUND')
  return { organization, practice }
}
