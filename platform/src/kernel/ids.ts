// Branded ids, so that an organization's id cannot stand where a practice's belongs.

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type OrganizationId = Branded<'OrganizationId'>
export type PracticeId = Branded<'PracticeId'>

/** Ids of our own making: lower-case letters, digits and dashes, 1 to 40 characters. */
const OWN_ID = /^[a-z0-9][a-z0-9-]{0,39}$/

export function organizationId(text: string): OrganizationId | undefined {
  return OWN_ID.test(text) ? (text as OrganizationId) : undefined
}

export function practiceId(text: string): PracticeId | undefined {
  return OWN_ID.test(text) ? (text as PracticeId) : undefined
}

/** One practice of one organization: leads every key of every tenant table. */
export interface PracticeRef {
  readonly organization: OrganizationId
  readonly practice: PracticeId
}
