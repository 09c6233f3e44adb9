// What a browser does in a launch: it leaves for the vendor and comes back. These stand beside the
// other operations, and not in their list: they answer with pages and redirects.

import { z } from 'zod'
import { organizationId } from '../kernel/ids.ts'
import { type Operation, publicOperation } from './operation.ts'

/** Longer than any query that the vendor sends back. */
const QUERY_LENGTH_MAX = 8_000
const browserField = z.string().max(200).optional()
const departure = z.object({
  url: z.string(),
  browser: z.string(),
  seconds: z.number(),
})

const fromEhr = publicOperation({
  name: 'launches.ehr',
  summary: "Begin an EHR launch: the vendor's program opens this address",
  input: z.object({
    organization: z.string(),
    iss: z.string().default(''),
    launch: z.string().default(''),
    browser: browserField,
  }),
  output: departure,
  run: async ({ launches }, { organization, ...opened }) => {
    const named = { ...opened, organization: organizationId(organization), browser: opened.browser }
    return { ...(await launches.departFromEhr(named)), seconds: launches.answerSeconds }
  },
})

const go = publicOperation({
  name: 'launches.go',
  summary: 'Leave for the sign-in at the vendor',
  input: z.object({ ticket: z.string(), browser: browserField }),
  output: departure,
  run: async ({ launches, principal }, { ticket, browser }) => {
    const left = await launches.depart({ ticket, browser, actor: principal?.actor })
    return { ...left, seconds: launches.answerSeconds }
  },
})

const callback = publicOperation({
  name: 'launches.callback',
  summary: 'Come back from the sign-in at the vendor',
  input: z.object({ query: z.string().max(QUERY_LENGTH_MAX), browser: browserField }),
  output: z.object({ practice: z.string(), patient: z.string().nullable() }),
  run: async ({ launches }, { query, browser }) => {
    const { ref, patient } = await launches.arrive({
      parameters: new URLSearchParams(query),
      browser,
    })
    return { practice: ref.practice, patient: patient ?? null }
  },
})

/** Gives values of each one's output; faces know their forms. */
export const launchPages = { fromEhr, go, callback } as const satisfies Readonly<
  Record<string, Operation>
>
export type LaunchDeparture = z.output<typeof departure>
