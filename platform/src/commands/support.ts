// `chartway-platform support`: writes what somebody who helps needs to know, to be read before it is sent.

import { supportBundle } from '../support/index.ts'
import { type Installation, within } from './installation.ts'

export async function support(installation: Installation, written: string): Promise<void> {
  const { clock, streams: files, version, dataFolder, logPath, settings, machine } = installation
  const path = installation.path(written)
  await within(installation, { own: false }, async ({ url }) => {
    const ports = { url, clock, files, version, dataFolder, logPath, settings, machine }
    const text = `${JSON.stringify(await supportBundle(ports), null, 2)}\n`
    async function* bytes(): AsyncIterable<Uint8Array> {
      yield Buffer.from(text)
    }
    const size = await files.write(path, bytes())
    installation.say(`${path}, ${size} bytes. Read it before you send it.`, { path, bytes: size })
  })
}
