// Connects the sandbox's practice to the platform through the API, once.

import type { StartedPlatform } from './platform-process.ts'
import { CLIENT_ID } from './sandbox.ts'
import type { Settings } from './settings.ts'

export const practiceId = 'riverside'

/** True when it was connected now, false when an earlier start did. */
export async function connectPractice(
  { client }: StartedPlatform,
  settings: Settings,
  vendorUrl: string,
): Promise<boolean> {
  const { items } = await client.call('practices.list', {})
  const baseUrl = `${vendorUrl}/fhir/r4/${settings.practiceCode}`
  if (items.some((item) => item.practice === practiceId && item.baseUrl === baseUrl)) return false
  await client.call('practices.connect', {
    practice: practiceId,
    name: 'Riverside Family Practice',
    timeZone: settings.timeZone,
    dialect: 'eclinicalworks',
    baseUrl,
    clientId: CLIENT_ID,
    overrides: {},
  })
  return true
}
