// What a page of the documentation is, wherever it comes from. Types and paths only.

export interface Page {
  /** From the root of the site, such as `errors/NOT_FOUND.html`. */
  readonly path: string
  readonly title: string
  /** One sentence: what is on it. */
  readonly summary: string
  /** Which part of the navigation it belongs to. */
  readonly section: Section
  /** Below the title. Links are relative to the site's root, as `href="/…"`; the layout mends them. */
  readonly html: string
  /** Words by which it is found beside its title and summary; headings of a guide are added. */
  readonly words?: string
  /** Shown in the navigation; the others are reached from an overview. */
  readonly listed: boolean
}

export type Section = (typeof SECTIONS)[number]

export const SECTIONS = [
  'Start',
  'Guides',
  'Recipes',
  'API',
  'Other doors',
  'Running it',
  'Sandbox',
] as const
